/* Agreement of two label planes. */
#include <criterion/criterion.h>

#include <string.h>

#include "base/alloc.h"
#include "stats/confusion.h"

static const uint8_t truth[] = {0, 0, 0, 0, 1, 1, 1, 2, 2, 9};
static const uint8_t predicted[] = {0, 0, 0, 1, 1, 1, 2, 2, 0, 0};

Test(confusion, counts_and_scores)
{
    struct confusion table;
    cr_assert_eq(confusion_create(4, &table, NULL), FRINGE_OK);
    cr_assert_eq(confusion_add(&table, truth, predicted, 10, 9, NULL), FRINGE_OK);
    static const int64_t wanted[16] = {3, 1, 0, 0, 0, 2, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0};
    cr_expect_arr_eq(table.counts, wanted, sizeof wanted);
    cr_expect_float_eq(confusion_dice(&table, 0), 6. / 8, 1e-15);
    cr_expect_float_eq(confusion_dice(&table, 1), 4. / 6, 1e-15);
    cr_expect_float_eq(confusion_iou(&table, 0), 3. / 5, 1e-15);
    cr_expect_float_eq(confusion_iou(&table, 2), 1. / 3, 1e-15);
    cr_expect_float_eq(confusion_mean_iou(&table), (3. / 5 + 2. / 4 + 1. / 3) / 3, 1e-15);
    cr_expect_float_eq(confusion_accuracy(&table), 6. / 9, 1e-15);
    cr_expect_eq(confusion_dice(&table, 3), 1, "a class that nobody has");
    cr_expect_eq(confusion_iou(&table, 3), 1);
    cr_expect_eq(confusion_precision(&table, 3), 1);
    cr_expect_eq(confusion_recall(&table, 3), 1);
    table.counts[3 * 4 + 0] = 1; /* a pixel of class 3, which nobody found */
    cr_expect_eq(confusion_precision(&table, 3), 0);
    cr_expect_eq(confusion_recall(&table, 3), 0);
    confusion_clear(&table);
}

Test(confusion, adds_up_over_images)
{
    struct confusion parts, whole;
    cr_assert_eq(confusion_create(3, &parts, NULL), FRINGE_OK);
    cr_assert_eq(confusion_create(3, &whole, NULL), FRINGE_OK);
    cr_assert_eq(confusion_add(&parts, truth + 4, predicted + 4, 5, CONFUSION_NO_LABEL, NULL), FRINGE_OK);
    cr_assert_eq(confusion_add(&parts, truth, predicted, 4, CONFUSION_NO_LABEL, NULL), FRINGE_OK);
    cr_assert_eq(confusion_add(&whole, truth, predicted, 9, CONFUSION_NO_LABEL, NULL), FRINGE_OK);
    cr_expect_arr_eq(parts.counts, whole.counts, 9 * sizeof *whole.counts);
    confusion_clear(&parts);
    confusion_clear(&whole);
}

Test(confusion, of_nothing_is_perfect)
{
    struct confusion table;
    cr_assert_eq(confusion_create(2, &table, NULL), FRINGE_OK);
    cr_expect_eq(confusion_dice(&table, 1), 1);
    cr_expect_eq(confusion_mean_iou(&table), 1);
    cr_expect_eq(confusion_accuracy(&table), 1);
    confusion_clear(&table);
}

Test(confusion, refuses_labels_outside_the_table)
{
    struct confusion table;
    fringe_error error;
    cr_assert_eq(confusion_create(3, &table, NULL), FRINGE_OK);
    cr_expect_eq(confusion_add(&table, truth, predicted, 10, CONFUSION_NO_LABEL, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "pixel 9") && strstr(error.message, "9 (truth)") &&
                  strstr(error.message, "3 classes"),
              "%s", error.message);
    confusion_clear(&table);
    cr_expect_eq(confusion_create(0, &table, &error), FRINGE_ARGUMENT);
    cr_expect_eq(confusion_create(257, &table, &error), FRINGE_ARGUMENT);
    alloc_fail_after(0);
    fringe_status status = confusion_create(256, &table, &error);
    alloc_fail_after(-1);
    cr_expect_eq(status, FRINGE_MEMORY);
}
