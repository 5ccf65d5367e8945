#include "crystal/cell.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "crystal/element.h"

#define PI            3.14159265358979323846
#define SAME_SITE_A   0.01
#define FORM_HALF_A   0.47 /* 1/A: f of gold has fallen to half there; others differ little */
#define Z_TO_STRENGTH 0.7  /* electrons' scattering at small angles grows with Z to about this power */

static const char symbols[CELL_ATOMIC_NUMBER_MOST][3] = {
    "H",  "He", "Li", "Be", "B",  "C",  "N",  "O",  "F",  "Ne", "Na", "Mg", "Al", "Si", "P",
    "S",  "Cl", "Ar", "K",  "Ca", "Sc", "Ti", "V",  "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn",
    "Ga", "Ge", "As", "Se", "Br", "Kr", "Rb", "Sr", "Y",  "Zr", "Nb", "Mo", "Tc", "Ru", "Rh",
    "Pd", "Ag", "Cd", "In", "Sn", "Sb", "Te", "I",  "Xe", "Cs", "Ba", "La", "Ce", "Pr", "Nd",
    "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Hf", "Ta", "W",  "Re",
    "Os", "Ir", "Pt", "Au", "Hg", "Tl", "Pb", "Bi", "Po", "At", "Rn", "Fr", "Ra", "Ac", "Th",
    "Pa", "U",  "Np", "Pu", "Am", "Cm", "Bk", "Cf", "Es", "Fm", "Md", "No", "Lr"};

int cell_atomic_number(const char *symbol, size_t length)
{
    if (length < 1 || length > 2) return 0;
    for (int i = 0; i < CELL_ATOMIC_NUMBER_MOST; i++) {
        size_t k = 0;
        while (k < length && tolower((unsigned char)symbol[k]) == tolower((unsigned char)symbols[i][k])) k++;
        if (k == length && !symbols[i][k]) return i + 1;
    }
    return 0;
}

fringe_status cell_set_lengths(struct cell *cell, const double lengths_a[3], const double angles_deg[3],
                               fringe_error *error)
{
    double c[3];
    for (int k = 0; k < 3; k++) {
        char text[NUMBER_TEXT_BYTES];
        if (!(lengths_a[k] >= 0.5 && lengths_a[k] <= 200))
            return failure_set(error, FRINGE_ARGUMENT, "a cell vector of %s A: 0.5 to 200 A are possible",
                               number_text(lengths_a[k], 6, text));
        if (!(angles_deg[k] >= 10 && angles_deg[k] <= 170))
            return failure_set(error, FRINGE_ARGUMENT, "a cell angle of %s degrees: 10 to 170 are possible",
                               number_text(angles_deg[k], 6, text));
        /* Right angles are meant exactly. */
        c[k] = angles_deg[k] == 90 ? 0 : cos(angles_deg[k] * PI / 180);
    }
    double sine = sqrt(1 - c[2] * c[2]), x = c[1], y = (c[0] - c[1] * c[2]) / sine, z2 = 1 - x * x - y * y;
    if (!(z2 > 1e-4)) {
        char text[3][NUMBER_TEXT_BYTES];
        return failure_set(error, FRINGE_ARGUMENT, "angles of %s, %s and %s degrees enclose no cell",
                           number_text(angles_deg[0], 6, text[0]), number_text(angles_deg[1], 6, text[1]),
                           number_text(angles_deg[2], 6, text[2]));
    }
    double vectors[3][3] = {{lengths_a[0], 0, 0},
                            {lengths_a[1] * c[2], lengths_a[1] * sine, 0},
                            {lengths_a[2] * x, lengths_a[2] * y, lengths_a[2] * sqrt(z2)}};
    memcpy(cell->vectors, vectors, sizeof vectors);
    return FRINGE_OK;
}

/* The distance of two places, over the cell's borders. */
static double distance_a(const struct cell *cell, const double *p, const double *q)
{
    double step[3] = {0};
    for (int k = 0; k < 3; k++) {
        double part = p[k] - q[k];
        part -= floor(part + 0.5);
        for (int i = 0; i < 3; i++) step[i] += part * cell->vectors[k][i];
    }
    return sqrt(step[0] * step[0] + step[1] * step[1] + step[2] * step[2]);
}

fringe_status cell_add_site(struct cell *cell, const struct cell_site *site, fringe_error *error)
{
    struct cell_site within = *site;
    for (int k = 0; k < 3; k++) within.position[k] -= floor(within.position[k]);
    for (size_t i = 0; i < cell->site_count; i++)
        if (cell->sites[i].atomic_number == site->atomic_number &&
            distance_a(cell, cell->sites[i].position, within.position) < SAME_SITE_A)
            return FRINGE_OK;
    if (cell->site_count == CELL_SITE_MOST)
        return failure_set(error, FRINGE_FORMAT, "more than %d atoms in a cell", (int)CELL_SITE_MOST);
    if ((cell->site_count & (cell->site_count - 1)) == 0) { /* a power of two is full */
        size_t capacity = cell->site_count ? 2 * cell->site_count : 1;
        struct cell_site *sites = alloc_resize(cell->sites, capacity, sizeof *sites);
        if (!sites) return failure_memory(error, "a cell", capacity * sizeof *sites);
        cell->sites = sites;
    }
    cell->sites[cell->site_count++] = within;
    return FRINGE_OK;
}

/* Rows r with r[i] . vectors[j] = 1 where i = j, else 0. Returns the cell's volume. */
static double reciprocal(const double vectors[3][3], double rows[3][3])
{
    double volume = 0;
    for (int i = 0; i < 3; i++) {
        const double *p = vectors[(i + 1) % 3], *q = vectors[(i + 2) % 3];
        for (int k = 0; k < 3; k++)
            rows[i][k] = p[(k + 1) % 3] * q[(k + 2) % 3] - p[(k + 2) % 3] * q[(k + 1) % 3];
    }
    for (int k = 0; k < 3; k++) volume += vectors[0][k] * rows[0][k];
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) rows[i][k] /= volume;
    return volume;
}

fringe_status cell_from_phase(const struct phase *phase, struct cell *cell, fringe_error *error)
{
    struct phase_site sites[PHASE_CELL_MOST];
    double rows[3][3];
    fringe_status status = FRINGE_OK;
    *cell = (struct cell){0};
    strncpy(cell->name, phase->name, CELL_NAME_BYTES - 1);
    int count = phase_cell(phase, cell->vectors, sites);
    reciprocal((const double(*)[3])cell->vectors, rows);
    for (int i = 0; i < count && !status; i++) {
        const char *symbol = element_get(sites[i].element)->symbol;
        struct cell_site site = {.atomic_number = cell_atomic_number(symbol, strlen(symbol)), .occupancy = 1};
        for (int k = 0; k < 3; k++)
            for (int j = 0; j < 3; j++) site.position[k] += rows[k][j] * sites[i].position[j];
        status = cell_add_site(cell, &site, error);
    }
    if (status) cell_clear(cell);
    return status;
}

void cell_clear(struct cell *cell)
{
    alloc_free(cell->sites);
    *cell = (struct cell){0};
}

static double intensity(const struct cell *cell, const int h[3], double g_per_a)
{
    double re = 0, im = 0, ratio = g_per_a / FORM_HALF_A;
    for (size_t i = 0; i < cell->site_count; i++) {
        const struct cell_site *site = cell->sites + i;
        const double *p = site->position;
        double angle = 2 * PI * (h[0] * p[0] + h[1] * p[1] + h[2] * p[2]);
        double strength = site->occupancy * pow(site->atomic_number, Z_TO_STRENGTH);
        re += strength * cos(angle);
        im += strength * sin(angle);
    }
    double falloff = 1 / (1 + ratio * ratio);
    return (re * re + im * im) * falloff * falloff;
}

static int by_length(const void *a, const void *b)
{
    const struct reflection *left = a, *right = b;
    if (left->length != right->length) return left->length < right->length ? -1 : 1;
    for (int k = 0; k < 3; k++)
        if (left->index[k] != right->index[k]) return left->index[k] < right->index[k] ? 1 : -1;
    return 0;
}

fringe_status reflections_list(const struct cell *cell, double most, struct reflections *reflections,
                               fringe_error *error)
{
    double rows[3][3], places = 1, strongest = 0;
    int reach[3];
    *reflections = (struct reflections){0};
    reciprocal(cell->vectors, rows);
    for (int k = 0; k < 3; k++) { /* h = g . a is at most |g| |a| */
        const double *v = cell->vectors[k];
        double length = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        places *= 2 * floor(most * length / 10) + 1;
        reach[k] = (int)fmin(floor(most * length / 10), REFLECTION_MOST);
    }
    places /= 2; /* of g and -g one is computed */
    if (!(places <= REFLECTION_MOST && places * (double)cell->site_count <= REFLECTION_WORK_MOST))
        return failure_set(error, FRINGE_ARGUMENT, "%s: a cell of %zu atoms with %lld reflections: too large",
                           cell->name, cell->site_count, (long long)fmin(places, 1e18));
    struct reflection *items = alloc_array((size_t)places + 1, sizeof *items);
    if (!items) return failure_memory(error, "reflections", (size_t)places * sizeof *items);
    size_t count = 0;
    for (int h = 0; h <= reach[0]; h++)
        for (int k = h ? -reach[1] : 0; k <= reach[1]; k++)
            for (int l = h || k ? -reach[2] : 1; l <= reach[2]; l++) {
                struct reflection r = {.index = {h, k, l}};
                for (int i = 0; i < 3; i++) r.g[i] = 10 * (h * rows[0][i] + k * rows[1][i] + l * rows[2][i]);
                r.length = sqrt(r.g[0] * r.g[0] + r.g[1] * r.g[1] + r.g[2] * r.g[2]);
                if (r.length > most) continue;
                r.intensity = intensity(cell, r.index, r.length / 10);
                strongest = fmax(strongest, r.intensity);
                items[count++] = r;
            }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        items[i].intensity /= strongest > 0 ? strongest : 1;
        if (items[i].intensity >= REFLECTION_LEAST) items[kept++] = items[i];
    }
    qsort(items, kept, sizeof *items, by_length);
    *reflections = (struct reflections){items, kept};
    return FRINGE_OK;
}

void reflections_clear(struct reflections *reflections)
{
    alloc_free(reflections->items);
    *reflections = (struct reflections){0};
}
