/* version.h - which Fringe this is, and on what it runs.
 *
 * The three numbers below are the only place where the version stands; CMake reads them.
 * Every function here may be called from any thread at any time.
 */
#ifndef FRINGE_VERSION_H
#define FRINGE_VERSION_H

#include "fringe/status.h"

#define FRINGE_VERSION_MAJOR 0
#define FRINGE_VERSION_MINOR 1
#define FRINGE_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that is loaded, as "0.1.0". Compare it with the numbers above to find
 * out whether program and library belong together. The text is static: never NULL, never freed. */
FRINGE_API const char *fringe_version(void);

/* The instruction path that the kernels take on this machine: "portable", "avx2" or "avx512".
 * Chosen once, at the first call, from the processor; the environment variable FRINGE_CPU may pin a
 * lower one (a path that the processor lacks is not taken). Results are the same bytes on one path and
 * agree within 1e-4 across paths. The text is static. */
FRINGE_API const char *fringe_cpu_path(void);

/* The OpenBLAS in use and the processor type that it took its kernels for, as
 * "OpenBLAS 0.3.21, core Zen"; where Fringe had to overrule OpenBLAS's own choice the text says so; where
 * the library cannot be loaded it says why. Loads OpenBLAS on the first call. The text is static. */
FRINGE_API const char *fringe_blas_description(void);

#ifdef __cplusplus
}
#endif
#endif
