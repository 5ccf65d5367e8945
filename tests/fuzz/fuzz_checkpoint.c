/* fuzz_checkpoint.c - any bytes, with a digest that is right, as the checkpoint of a training; what can be
 * taken up is trained to its end.
 */
#include <stdint.h>
#include <unistd.h>

#include "base/file.h"
#include "support/tiny_training.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char folder[] = "/tmp/fuzz-checkpoint-XXXXXX";

static void remove_folder(void)
{
    file_remove_tree(folder, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static fringe_run *run; /* one for all inputs: threads take longer to start than most files to read */
    fringe_error error;
    if (!run && (fringe_run_create(1, &run, NULL) || !mkdtemp(folder) || atexit(remove_folder))) abort();
    tiny_training_put(folder, bytes, size);
    tiny_training_run(folder, run, NULL, &error);
    return 0;
}
