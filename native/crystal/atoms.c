#include "crystal/atoms.h"

#include "base/alloc.h"
#include "base/failure.h"

fringe_status atoms_add(struct atoms *atoms, const struct atom *atom, fringe_error *error)
{
    if (atoms->count == atoms->capacity) {
        size_t capacity = atoms->capacity ? 2 * atoms->capacity : 1024;
        if (atoms->count >= ATOMS_MOST)
            return failure_set(error, FRINGE_MEMORY, "more than %d atoms", (int)ATOMS_MOST);
        struct atom *items = alloc_resize(atoms->items, capacity, sizeof *items);
        if (!items) return failure_memory(error, "atoms", capacity * sizeof *items);
        atoms->items = items;
        atoms->capacity = capacity;
    }
    atoms->items[atoms->count++] = *atom;
    return FRINGE_OK;
}

void atoms_clear(struct atoms *atoms)
{
    alloc_free(atoms->items);
    *atoms = (struct atoms){0};
}
