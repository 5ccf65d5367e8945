/* Models by name, as users of the shared library find them. */
#include <criterion/criterion.h>
#include <string.h>

#include "fringe/fringe.h"

Test(public_model, a_shipped_model_is_found_by_name_and_passes_its_test)
{
    fringe_model *model;
    fringe_model_info info;
    fringe_model_check check;
    fringe_error error;
    fringe_status status = fringe_model_load("hrtem-particles", NULL, &model, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    fringe_model_get_info(model, &info);
    cr_assert_not_null(strstr(info.path, "share/fringe/models/hrtem-particles"), "%s", info.path);
    cr_assert_str_eq(info.outputs, "mask");
    cr_assert_str_eq(info.output_names[info.output_channels - 1], "particle");
    fringe_model_free(model);
    status = fringe_model_test("hrtem-particles", NULL, &check, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    cr_assert_gt(check.value_count, 0);
}

Test(public_model, a_name_that_nobody_has_says_where_it_was_looked_for)
{
    fringe_model *model;
    fringe_error error;
    cr_assert_eq(fringe_model_load("no-such-model", NULL, &model, &error), FRINGE_FILE);
    cr_assert_null(model);
    cr_assert_not_null(strstr(error.message, "share/fringe/models"), "%s", error.message);
}
