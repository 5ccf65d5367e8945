#include "tensor/blas.h"

#include <cblas.h>
#include <stdio.h>
#include <string.h>

#include "base/cpu.h"
#include "base/failure.h"
#include "base/library.h"
#include "base/once.h"
#include "fringe/version.h"

/* OpenBLAS chooses its kernels in its constructor and runs those for SSE3 ("Prescott") on a processor that is
 * newer than itself, at a quarter of the speed or less. OPENBLAS_CORETYPE overrules that, if it is set before
 * the constructor runs. It is always set, from the path of our own kernels: so the choice, and with it the
 * last bits of a product, follows FRINGE_CPU and not the version of OpenBLAS. */
#define LIBRARY "libopenblas.so.0"

enum { DESCRIPTION_BYTES = FRINGE_ERROR_BYTES };

typedef void gemm_function(const enum CBLAS_ORDER order, const enum CBLAS_TRANSPOSE transpose_a,
                           const enum CBLAS_TRANSPOSE transpose_b, const blasint m, const blasint n,
                           const blasint k, const float alpha, const float *a, const blasint lda,
                           const float *b, const blasint ldb, const float beta, float *c, const blasint ldc);

static struct once loading;
static gemm_function *gemm; /* NULL where OpenBLAS is not to be had; `loaded.message` says why */
static fringe_error loaded;
static char description[DESCRIPTION_BYTES];

static const char *core_wanted(void)
{
#if defined(__x86_64__) || defined(_M_X64)
    switch (cpu_path()) {
    case CPU_AVX512:
#ifdef FRINGE_EMULATE_AVX512
        return "Haswell"; /* our lanes are emulated, OpenBLAS's instructions would be real */
#else
        return "SkylakeX";
#endif
    case CPU_AVX2:
        return "Haswell";
    case CPU_PORTABLE:
        return "Prescott";
    }
#endif
    return NULL;
}

/* Takes the address of a function out of the library; POSIX allows what ISO C does not say. */
static int find_function(void *library, const char *name, void *function)
{
    void *address = library_symbol(library, name);
    memcpy(function, &address, sizeof address);
    return address != NULL;
}

static void load(void)
{
    const char *wanted = core_wanted();
    const char *settings[] = {"OPENBLAS_NUM_THREADS", "1", wanted ? "OPENBLAS_CORETYPE" : NULL, wanted, NULL};
    void *library;
    gemm_function *found;
    void (*set_threads)(int);
    char *(*corename)(void), *(*config)(void);
    if (library_open(LIBRARY, settings, &library, &loaded)) {
        snprintf(description, sizeof description, "%s", loaded.message);
        return;
    }
    if (!find_function(library, "cblas_sgemm", &found) ||
        !find_function(library, "openblas_set_num_threads", &set_threads) ||
        !find_function(library, "openblas_get_corename", &corename) ||
        !find_function(library, "openblas_get_config", &config)) {
        failure_set(&loaded, FRINGE_LIBRARY, LIBRARY " lacks a function of OpenBLAS's");
        snprintf(description, sizeof description, "%s", loaded.message);
        return;
    }
    set_threads(1);
    const char *core = corename(), *version = config();
    size_t words = strcspn(version, " "); /* "OpenBLAS 0.3.21 NO_LAPACKE ..." */
    words += version[words] ? 1 + strcspn(version + words + 1, " ") : 0;
    const char *remark = "";
    if (wanted && !strcmp(core, wanted))
        remark = " (chosen by Fringe)";
    else if (wanted && !strcmp(core, "Prescott"))
        remark = " (slow: loaded by another program part before Fringe could choose)";
    snprintf(description, sizeof description, "%.*s, core %s%s", (int)words, version, core, remark);
    gemm = found;
}

const char *fringe_blas_description(void)
{
    once_call(&loading, load);
    return description;
}

fringe_status blas_multiply(const struct blas_matrices *product, const float *a, const float *b, float *y,
                            fringe_error *error)
{
    const int64_t most = INT32_MAX; /* blasint has 32 bits */
    if (product->m > most || product->n > most || product->k > most)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "a product of (%lld, %lld) and (%lld, %lld): a side above %lld",
                           (long long)product->m, (long long)product->k, (long long)product->k,
                           (long long)product->n, (long long)most);
    once_call(&loading, load);
    if (!gemm)
        return failure_set(error, FRINGE_LIBRARY, "a matrix product needs OpenBLAS: %s", loaded.message);
    blasint m = (blasint)product->m, n = (blasint)product->n, k = (blasint)product->k;
    blasint lda = product->transpose_a ? m : k, ldb = product->transpose_b ? k : n;
    gemm(CblasRowMajor, product->transpose_a ? CblasTrans : CblasNoTrans,
         product->transpose_b ? CblasTrans : CblasNoTrans, m, n, k, product->alpha, a, lda > 0 ? lda : 1, b,
         ldb > 0 ? ldb : 1, product->beta, y, n);
    return FRINGE_OK;
}
