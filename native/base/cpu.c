#define _GNU_SOURCE /* sched_getaffinity */
#include "base/cpu.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "fringe/version.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static atomic_int chosen = -1;

static const char *const path_names[] = {"portable", "avx2", "avx512"};

enum cpu_path cpu_path_best(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#ifdef FRINGE_EMULATE_AVX512
    if (has_avx2) return CPU_AVX512;
#else
    if (has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return CPU_AVX512;
#endif
    if (has_avx2) return CPU_AVX2;
#endif
    return CPU_PORTABLE;
}

static enum cpu_path path_from_environment(void)
{
    enum cpu_path best = cpu_path_best();
    const char *wish = getenv("FRINGE_CPU");
    for (enum cpu_path path = CPU_PORTABLE; wish && path < best; path++)
        if (!strcmp(wish, path_names[path])) return path;
    return best;
}

enum cpu_path cpu_path(void)
{
    int path = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (path < 0) {
        path = (int)path_from_environment();
        atomic_store(&chosen, path);
    }
    return (enum cpu_path)path;
}

enum cpu_path cpu_path_set(enum cpu_path path)
{
    enum cpu_path best = cpu_path_best();
    atomic_store(&chosen, (int)(path < best ? path : best));
    return cpu_path();
}

const char *cpu_path_name(enum cpu_path path)
{
    return path_names[path];
}

const char *fringe_cpu_path(void)
{
    return path_names[cpu_path()];
}

int cpu_count(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count > 0 ? count : 1;
}

uint64_t cpu_float_enter(void)
{
#if defined(__x86_64__)
    unsigned before = _mm_getcsr();
    _mm_setcsr(0x1f80); /* all exceptions masked, round to nearest, neither FTZ nor DAZ */
    return before;
#elif defined(__aarch64__)
    uint64_t before, plain = 0;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" ::"r"(plain));
    return before;
#else
    return 0;
#endif
}

void cpu_float_restore(uint64_t state)
{
#if defined(__x86_64__)
    _mm_setcsr((unsigned)state);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" ::"r"(state));
#else
    (void)state;
#endif
}
