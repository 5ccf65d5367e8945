/* The steps of preparing a plane, and what lies beyond its edge. */
#include <criterion/criterion.h>

#include <math.h>

#include "base/alloc.h"
#include "image/reflect.h"
#include "image/standardise.h"

static fringe_run *run;

static void start(void)
{
    cr_assert_eq(fringe_run_create(3, &run, NULL), FRINGE_OK);
}

static void stop(void)
{
    fringe_run_free(run);
}

TestSuite(standardise, .init = start, .fini = stop);

#define EXPECT(values, ...)                                                                                  \
    do {                                                                                                     \
        const float wanted[] = {__VA_ARGS__};                                                                \
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)                                          \
            cr_expect((values)[i] == wanted[i] || (isnan((values)[i]) && isnan(wanted[i])),                  \
                      "value %zu: %g instead of %g", i, (values)[i], wanted[i]);                             \
    } while (0)

Test(standardise, steps)
{
    float values[] = {-2, 0, 1, 5, NAN, INFINITY};
    cr_assert_eq(standardise_linear(values, 6, 1, 0.5, 3, run, NULL), FRINGE_OK);
    EXPECT(values, 1.5f, 2.5f, 3, 5, NAN, INFINITY);
    cr_assert_eq(standardise_clip(values, 6, 2, 4, run, NULL), FRINGE_OK);
    EXPECT(values, 2, 2.5f, 3, 4, NAN, INFINITY);
    cr_assert_eq(standardise_binarize(values, 6, 2.5, run, NULL), FRINGE_OK);
    EXPECT(values, 0, 0, 1, 1, NAN, INFINITY);
    cr_assert_eq(standardise_fill(values, 6, 0.25, run, NULL), FRINGE_OK);
    EXPECT(values, 0, 0, 1, 1, 0.25f, 0.25f);
}

/* One rounding, not three: 16777217 has no float, but 16777217 - 16777216 has. */
Test(standardise, linear_rounds_once)
{
    float values[] = {16777216};
    cr_assert_eq(standardise_linear(values, 1, 16777215.5, 2, 0, run, NULL), FRINGE_OK);
    EXPECT(values, 1);
}

Test(standardise, reaches_every_value_of_several_chunks)
{
    enum { COUNT = 3 * 65536 + 17 };
    float *values = alloc_array(COUNT, sizeof *values);
    cr_assert_eq(standardise_linear(values, COUNT, 0, 1, 1, run, NULL), FRINGE_OK);
    for (int i = 0; i < COUNT; i++) cr_assert_eq(values[i], 1, "value %d", i);
    alloc_free(values);
}

Test(standardise, ends_when_cancelled)
{
    float values[] = {1};
    fringe_run_cancel(run);
    cr_expect_eq(standardise_fill(values, 1, 0, run, NULL), FRINGE_CANCELLED);
}

/* numpy.pad(range(size), (0, 12), "reflect") */
Test(standardise, reflection_is_numpys)
{
    static const int of_four[] = {0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2, 3};
    for (int i = 0; i < 16; i++) cr_expect_eq(reflect_index(i, 4), of_four[i], "index %d", i);
    for (int i = 0; i < 9; i++) cr_expect_eq(reflect_index(i, 2), i % 2);
    for (int i = 0; i < 9; i++) cr_expect_eq(reflect_index(i, 1), 0);
}
