/* Which instruction path the kernels take. A test runs in a process of its own, so each finds the choice
 * unmade. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/cpu.h"

Test(cpu, path_is_known_and_can_only_be_lowered)
{
    enum cpu_path best = cpu_path_best();
    cr_expect_eq(cpu_path_set(CPU_PORTABLE), CPU_PORTABLE);
    cr_expect_str_eq(cpu_path_name(CPU_PORTABLE), "portable");
    cr_expect_eq(cpu_path_set(CPU_AVX512), best, "a path that the processor lacks was taken");
    cr_expect_geq(cpu_count(), 1);
}

Test(cpu, environment_pins_the_path)
{
    setenv("FRINGE_CPU", "portable", 1);
    cr_expect_eq(cpu_path(), CPU_PORTABLE);
}

Test(cpu, unknown_path_in_the_environment_is_ignored)
{
    setenv("FRINGE_CPU", "sse9", 1);
    cr_expect_eq(cpu_path(), cpu_path_best());
}
