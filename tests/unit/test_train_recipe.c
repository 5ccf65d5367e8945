/* What a training's recipe says, and every way in which it may be wrong. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "support/model_folder.h"
#include "train/train_recipe.h"

TestSuite(train_recipe, .init = model_folder_make, .fini = model_folder_remove);

static fringe_status read_text(const char *text, struct train_recipe *recipe, fringe_error *error)
{
    model_folder_write("recipe.yaml", text, strlen(text));
    return train_recipe_read(model_folder_path("recipe.yaml"), recipe, error);
}

Test(train_recipe, the_example_is_understood)
{
    struct train_recipe recipe;
    fringe_error error;
    cr_assert_eq(train_recipe_read("examples/train-your-own-network/recipe.yaml", &recipe, &error), FRINGE_OK,
                 "%s", error.message);
    cr_expect_str_eq(recipe.preset, "hrtem-small");
    cr_expect_eq(recipe.simulate_count, 12);
    cr_expect_str_eq(recipe.folder, "examples/train-your-own-network");
    cr_expect_eq(recipe.class_names.count, 2);
    cr_expect_str_eq(recipe.class_names.items[1], "particle");
    cr_expect_eq(recipe.pixel_size_nm, 0.025);
    cr_expect_eq(recipe.trainer.architecture.levels, 3);
    cr_expect_eq(recipe.trainer.architecture.widths[2], 32);
    cr_expect_eq(recipe.trainer.optimiser.warm_up_steps, 4);
    cr_expect_eq(recipe.trainer.optimiser.schedule, SCHEDULE_COSINE);
    cr_expect_eq(recipe.trainer.loss.dice, 1);
    cr_expect_eq(recipe.trainer.seed, 1);
    cr_expect_eq(recipe.augmentation.rotation.low, -20);
    cr_expect_eq(recipe.augmentation.standardised, 1);
    cr_expect_eq(recipe.dose_e_per_a2.high, 3000);
    cr_expect_eq(strlen(recipe.sha256), 64);
    train_recipe_clear(&recipe);
}

Test(train_recipe, says_the_rest_by_default)
{
    struct train_recipe recipe;
    fringe_error error;
    cr_assert_eq(
        read_text("data: {train: [one, two], normalize: fixed, subtract: 10, divide: 4, classes: [3, 1, 2]}\n"
                  "augmentation: {noise: 2}\n",
                  &recipe, &error),
        FRINGE_OK, "%s", error.message);
    cr_expect_eq(recipe.train.count, 2);
    cr_expect_eq(recipe.trainer.architecture.classes, 3);
    cr_expect_eq(recipe.gain, 0.25);
    cr_expect_eq(recipe.shift, -2.5);
    cr_expect_eq(recipe.augmentation.standardised, 0);
    cr_expect(recipe.augmentation.noise.low == 2 && recipe.augmentation.noise.high == 2);
    cr_expect(recipe.augmentation.scale.low == 1 && recipe.augmentation.scale.high == 1);
    cr_expect_eq(recipe.ignore, -1);
    cr_expect_eq(recipe.crop_px, 256);
    cr_expect_null(recipe.preset);
    train_recipe_clear(&recipe);
}

/* Text, and what the message must hold. */
static const struct {
    const char *text, *said;
} wrong[] = {
    {"[a]", "a recipe is a map"},
    {"name: x", "says nothing of its data"},
    {"data: 3", "line 1"},
    {"data: {}", "exactly one of"},
    {"data: {train: a, simulate_preset: b}", "exactly one of"},
    {"data: {simulate_recipe: a, simulate_preset: b}", "exactly one of"},
    {"data: {trane: a}", "data.trane: there is no such key"},
    {"data: {train: a}\nnom: b", "line 2"},
    {"data: {train: a}\nkind: forest", "'forest' is none of network"},
    {"data: {train: a, channels: 0}", "0 is not in 1 to 16"},
    {"data: {train: a, channels: 1.5}", "not a whole number"},
    {"data: {train: a, channels: one}", "'one' is not a number"},
    {"data: {train: a, classes: [0, 256]}", "256 is not in 0 to 255"},
    {"data: {train: a, classes: [0, 4, 4]}", "same label value 4"},
    {"data: {train: a, classes: [0, 4]}\nnetwork: {classes: 3}", "3 classes, data.classes has 2"},
    {"data: {train: a, class_names: [b]}", "1 names for 2 classes"},
    {"data: {train: a, subtract: 1}", "need normalize: fixed"},
    {"data: {train: a, divide: 0, normalize: fixed}", "divide: 0 is not in"},
    {"data: {train: a}\nnetwork: {batch_norm: 1}", "neither true nor false"},
    {"data: {train: a}\nnetwork: {widths: 4}", "not a list of 1 to 8 numbers"},
    {"data: {train: a}\ntraining: {class_weights: [1, 1, 1]}", "class_weights: 3 numbers for 2 classes"},
    {"data: {train: a}\ntraining: {class_odds: [2]}", "class_odds: 1 numbers for 2 classes"},
    {"data: {train: a}\ntraining: {class_odds: [0, 1]}", "0 is not in 0.001 to 1000"},
    {"data: {train: a}\ntraining: {class_weights: [0, 0]}", "recipe.yaml"},
    {"data: {train: a}\ntraining: {cross_entropy: 0}", "recipe.yaml"},
    {"data: {train: a}\ntraining: {crop_px: 36}", "36 is not a multiple of 8"},
    {"data: {train: a}\naugmentation: {scale: [2, 1]}", "2 is above 1"},
    {"data: {train: a}\naugmentation: {scale: [1, 1, 1]}", "a list of 3"},
    {"data: {train: a}\naugmentation: {scale: 0}", "0 is not in 0.1 to 10"},
};

Test(train_recipe, slips_are_named)
{
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct train_recipe recipe;
        fringe_error error = {0};
        fringe_status status = read_text(wrong[i].text, &recipe, &error);
        cr_expect(status == FRINGE_FORMAT || status == FRINGE_ARGUMENT, "%s: status %d", wrong[i].text,
                  status);
        cr_expect(strstr(error.message, wrong[i].said), "%s: %s", wrong[i].text, error.message);
        cr_expect(strstr(error.message, "recipe.yaml"), "%s: %s", wrong[i].text, error.message);
        train_recipe_clear(&recipe);
    }
    struct train_recipe recipe;
    fringe_error error;
    cr_expect_eq(train_recipe_read(model_folder_path("absent.yaml"), &recipe, &error), FRINGE_FILE);
    train_recipe_clear(&recipe);
}

Test(train_recipe, survives_want_of_memory)
{
    model_folder_write("recipe.yaml", "data: {train: a}", 16);
    for (long n = 0, failed = 1; failed; n++) {
        struct train_recipe recipe;
        alloc_fail_after(n);
        fringe_status status = train_recipe_read(model_folder_path("recipe.yaml"), &recipe, NULL);
        alloc_fail_after(-1);
        failed = status != FRINGE_OK;
        cr_assert(!failed || status == FRINGE_MEMORY, "%ld: %d", n, status);
        train_recipe_clear(&recipe);
    }
}
