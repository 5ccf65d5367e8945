/* cpu.h - which instruction path the kernels take, and the state of the floating-point unit.
 *
 * A file `<name>_kernel.c` is compiled once for each path. It ends in one exported table, named by
 * KERNEL_TABLE (base/kernel.h), and its room chooses among the tables with cpu_choose.
 */
#ifndef BASE_CPU_H
#define BASE_CPU_H

#include <stdint.h>

enum cpu_path { CPU_PORTABLE, CPU_AVX2, CPU_AVX512 };

/* The path of this process: the best that the processor has, or FRINGE_CPU's if that is lower. Any thread. */
enum cpu_path cpu_path(void);

/* The path's name as in FRINGE_CPU: "portable", "avx2", "avx512". Static text. */
const char *cpu_path_name(enum cpu_path path);

/* Sets the path for the rest of the process, at most the processor's best; returns the one in force. For
 * tests that compare paths; not while kernels run. */
enum cpu_path cpu_path_set(enum cpu_path path);

/* The best path of this processor whatever FRINGE_CPU says. */
enum cpu_path cpu_path_best(void);

/* Processors that this process may use, at least 1. */
int cpu_count(void);

/* Puts this thread's floating-point unit into the default state (rounding to nearest, denormals kept, no
 * traps) and returns the state before, which cpu_float_restore brings back. A host may have set
 * flush-to-zero. */
uint64_t cpu_float_enter(void);
void cpu_float_restore(uint64_t state);

#if defined(__x86_64__) || defined(_M_X64)
#define CPU_TABLES(type, name) extern const type name##_portable, name##_avx2, name##_avx512
#define CPU_CHOOSE(name)                                                                                     \
    (cpu_path() == CPU_AVX512 ? &name##_avx512 : cpu_path() == CPU_AVX2 ? &name##_avx2 : &name##_portable)
#else
#define CPU_TABLES(type, name) extern const type name##_portable
#define CPU_CHOOSE(name)       (&name##_portable)
#endif

#endif
