/* What a program sees of the shared library: which it is, and what it runs on.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "fringe/fringe.h"

Test(public_version, version_is_the_headers)
{
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", FRINGE_VERSION_MAJOR, FRINGE_VERSION_MINOR, FRINGE_VERSION_PATCH);
    cr_expect_str_eq(fringe_version(), text);
}

Test(public_version, cpu_path_is_one_of_three)
{
    const char *path = fringe_cpu_path();
    cr_expect(!strcmp(path, "portable") || !strcmp(path, "avx2") || !strcmp(path, "avx512"), "%s", path);
}
