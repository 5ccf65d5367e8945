/* fuzz_provenance.c - any bytes as a provenance that lies beside an input. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/provenance.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A name that leads out of the folder would make a batch delete or report foreign files. */
static void check_names(const struct provenance_record *record)
{
    const char *name;
    for (size_t i = 0; (name = provenance_output_name(record, i)); i++)
        if (strchr(name, '/') || !strcmp(name, "..") || !*name) abort();
}

static char path[] = "/tmp/fuzz-provenance-XXXXXX";

static void remove_file(void)
{
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static int descriptor = -1;
    if (descriptor < 0 && ((descriptor = mkstemp(path)) < 0 || atexit(remove_file))) abort();
    if (ftruncate(descriptor, 0) || pwrite(descriptor, bytes, size, 0) != (ssize_t)size) abort();

    static const fringe_model_info model = {
        .sha256 = "00", .preparation = "none", .completion = "none", .outputs = "mask"};
    static const fringe_batch_options options = {.overlay = 1};
    const struct provenance_origin origin = {.input_sha256 = "11", .model = &model, .options = &options};
    struct provenance_record *record;
    fringe_error error;
    char words[64]; /* small: differences must be cut, not overrun */
    if (!provenance_read(path, &record, &error)) {
        if (provenance_differs(record, &origin, words, sizeof words) != (*words != 0)) abort();
        check_names(record);
        provenance_free(record);
    }
    return 0;
}
