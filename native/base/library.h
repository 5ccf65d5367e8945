/* library.h - shared libraries and environment, by name. */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include "fringe/status.h"

/* Loads a shared library for the rest of the process's life, with the environment variables in `settings`
 * (name, value, name, value, ..., NULL) set while its constructors run and put back afterwards.
 * FRINGE_LIBRARY with the loader's own words when it cannot be had. Call it once, under a lock of the
 * caller's: it changes the process's environment for a moment. */
fringe_status library_open(const char *name, const char *const *settings, void **library,
                           fringe_error *error);

/* The address of a function of the library, or NULL. */
void *library_symbol(void *library, const char *name);

/* The path of the file that this code was loaded from (libfringe.so, or a program that contains it); NULL
 * when the system does not say. Given to alloc_free. */
char *library_own_path(void);

/* The value of an environment variable, NULL where it is unset or empty. Owned by the environment. */
const char *library_environment(const char *name);

#endif
