/* fuzz_train_recipe.c - any bytes as the recipe of a training. */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "train/train_recipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char path[] = "/tmp/fuzz-recipe-XXXXXX";

static void remove_file(void)
{
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static int descriptor = -1;
    if (descriptor < 0 && ((descriptor = mkstemp(path)) < 0 || atexit(remove_file))) abort();
    if (ftruncate(descriptor, 0) || pwrite(descriptor, bytes, size, 0) != (ssize_t)size) abort();

    struct train_recipe recipe;
    fringe_error error;
    /* A recipe that was taken must be one that can be trained from. */
    if (!train_recipe_read(path, &recipe, &error) &&
        (architecture_check(&recipe.trainer.architecture, &error) || !(recipe.crop_px > 0) ||
         !(recipe.batch > 0) || (recipe.train.count == 0 && !recipe.preset && !recipe.recipe)))
        abort();
    train_recipe_clear(&recipe);
    return 0;
}
