/* Particles: bonds, densities, faults that keep every neighbour in place. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "crystal/element.h"
#include "crystal/grain.h"

static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};

static struct grain sphere(const char *phase, double radius_a)
{
    struct grain grain = {.phase = phase_get(phase_find(phase)), .shape = GRAIN_SPHERE, .radius_a = radius_a};
    for (int k = 0; k < 3; k++) grain.axes_a[k] = radius_a;
    memcpy(grain.rotation, identity, sizeof identity);
    return grain;
}

static struct atoms build(const struct grain *grain)
{
    struct atoms atoms = {0};
    fringe_error error;
    cr_assert_eq(grain_build(grain, 0, &atoms, &error), FRINGE_OK, "%s", error.message);
    cr_assert_gt(atoms.count, 1);
    return atoms;
}

static double distance(const struct atom *a, const struct atom *b)
{
    double sum = 0;
    for (int k = 0; k < 3; k++) sum += pow(a->position[k] - b->position[k], 2);
    return sqrt(sum);
}

/* The least distance of two atoms, and the most neighbours within `reach` of an atom in the inner half. */
static void measure(const struct atoms *atoms, double inner, double reach, double *least, int *fewest,
                    int *most)
{
    struct atom origin = {{0, 0, 0}, 0, 0};
    *least = 1e9;
    *fewest = 1000;
    *most = 0;
    for (size_t i = 0; i < atoms->count; i++) {
        int beside = 0;
        for (size_t j = 0; j < atoms->count; j++) {
            if (i == j) continue;
            double d = distance(atoms->items + i, atoms->items + j);
            if (d < *least) *least = d;
            beside += d < reach;
        }
        if (distance(atoms->items + i, &origin) > inner) continue;
        if (beside > *most) *most = beside;
        if (beside < *fewest) *fewest = beside;
    }
}

Test(grain, bonds_of_every_structure)
{
    static const struct {
        const char *phase;
        double bond, reach;
        int fewest, most;
        double atoms_per_a3;
    } wanted[] = {
        {"Au", 4.078 / M_SQRT2, 3.2, 12, 12, 4 / (4.078 * 4.078 * 4.078)},
        {"Fe", 2.8665 * 0.8660254, 2.7, 8, 8, 2 / (2.8665 * 2.8665 * 2.8665)},
        {"CdTe", 6.482 * 0.4330127, 3.2, 4, 4, 8 / (6.482 * 6.482 * 6.482)},
        {"CdSe", 7.0152 * 0.375, 3.0, 4, 4, 4 / (4.2985 * 4.2985 * 0.8660254 * 7.0152)},
        /* oxygen has four cations; a cation four or six of oxygen, and cations are beyond 2.2 A */
        {"Co3O4", 1.92, 2.2, 4, 6, 56 / (8.084 * 8.084 * 8.084)},
        {"Fe3O4", 1.887, 2.3, 4, 6, 56 / (8.394 * 8.394 * 8.394)},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        struct grain grain = sphere(wanted[i].phase, 14);
        struct atoms atoms = build(&grain);
        double least, volume = 4. / 3 * M_PI * 14 * 14 * 14;
        int fewest, most;
        measure(&atoms, 10, wanted[i].reach, &least, &fewest, &most);
        cr_expect_float_eq(least, wanted[i].bond, 0.03, "%s: bond %g", wanted[i].phase, least);
        cr_expect_eq(fewest, wanted[i].fewest, "%s: %d neighbours", wanted[i].phase, fewest);
        cr_expect_eq(most, wanted[i].most, "%s: %d neighbours", wanted[i].phase, most);
        cr_expect_float_eq((double)atoms.count / volume / wanted[i].atoms_per_a3, 1, 0.05, "%s: density",
                           wanted[i].phase);
        atoms_clear(&atoms);
    }
}

/* Layers of an fcc crystal as letters: 0, 1, 2 for A, B, C, by where a layer's atom stands within the plane.
 */
static void read_letters(const struct grain *grain, int lowest, int count, int *letters)
{
    struct phase_stacking stacking;
    cr_assert(phase_stacking(grain->phase, &stacking));
    struct atoms atoms = build(grain);
    double unit = grain->phase->a / sqrt(6), glide[3]; /* of the glide, which leads from A to B */
    for (int k = 0; k < 3; k++) glide[k] = stacking.glide[k] / unit;
    for (int l = 0; l < count; l++) {
        letters[l] = -1;
        for (size_t i = 0; i < atoms.count; i++) {
            const double *p = atoms.items[i].position;
            double height = 0, along = 0;
            for (int k = 0; k < 3; k++) {
                height += p[k] * stacking.normal[k];
                along += p[k] * glide[k];
            }
            if (fabs(height - (lowest + l) * stacking.spacing) > 0.1) continue;
            /* Rows of a layer across the glide repeat after 1.5 glides; letters are half a glide apart there.
             */
            double place = along / (unit * 1.5) - floor(along / (unit * 1.5) + 1e-6);
            letters[l] = (int)lround(place * 3) % 3;
            break;
        }
    }
    atoms_clear(&atoms);
}

Test(grain, stacking_of_faults)
{
    int perfect[7], fault[7], twin[7];
    struct grain grain = sphere("Au", 15);
    read_letters(&grain, -3, 7, perfect);
    for (int l = 1; l < 7; l++) cr_expect_neq(perfect[l], perfect[l - 1]);
    for (int l = 2; l < 7; l++) cr_expect_neq(perfect[l], perfect[l - 2], "ABC, not ABA");
    grain.fault_count = 1;
    grain.faults[0] = (struct grain_fault){GRAIN_STACKING_FAULT, -1};
    read_letters(&grain, -3, 7, fault);
    grain.faults[0] = (struct grain_fault){GRAIN_TWIN, 0};
    read_letters(&grain, -3, 7, twin);
    /* An intrinsic fault leaves two hexagonal layers side by side, a twin one; all else is cubic. */
    for (int l = 1; l < 6; l++) {
        cr_expect_eq(fault[l - 1] == fault[l + 1], l == 2 || l == 3, "fault, layer %d", l);
        cr_expect_eq(twin[l - 1] == twin[l + 1], l == 3, "twin, layer %d", l);
    }
}

Test(grain, faults_keep_the_bonds)
{
    static const char *const phases[] = {"Au", "CdTe", "CdSe"};
    static const struct grain_fault sets[][3] = {
        {{GRAIN_TWIN, -2}, {GRAIN_TWIN, 0}, {GRAIN_TWIN, 1}},
        {{GRAIN_STACKING_FAULT, -2}, {GRAIN_TWIN, 0}, {GRAIN_STACKING_FAULT, 2}},
        {{GRAIN_TWIN, -3}, {GRAIN_STACKING_FAULT, -1}, {GRAIN_TWIN, 2}}};
    for (int p = 0; p < 3; p++)
        for (int s = 0; s < (p == 2 ? 1 : 3); s++) {
            struct grain grain = sphere(phases[p], 15);
            grain.offset[0] = 0.4;
            double least, least_faulted, reach = p == 0 ? 3.2 : 3.0;
            int fewest, most;
            struct atoms atoms = build(&grain);
            size_t count = atoms.count;
            measure(&atoms, 10, reach, &least, &fewest, &most);
            atoms_clear(&atoms);
            memcpy(grain.faults, sets[s], sizeof grain.faults);
            grain.fault_count = 3;
            atoms = build(&grain);
            measure(&atoms, 10, reach, &least_faulted, &fewest, &most);
            cr_expect_float_eq(least_faulted, least, 1e-9, "%s, set %d: %g, not %g", phases[p], s,
                               least_faulted, least);
            cr_expect_eq(fewest, p == 0 ? 12 : 4, "%s, set %d: %d", phases[p], s, fewest);
            cr_expect_eq(most, p == 0 ? 12 : 4);
            cr_expect_float_eq((double)atoms.count, (double)count, 0.03 * (double)count,
                               "no hole, nothing twice: %zu, not %zu", atoms.count, count);
            atoms_clear(&atoms);
        }
}

Test(grain, multiply_twinned)
{
    /* Mackay's numbers: 1, 13, 55, 147, 309 */
    static const size_t magic[] = {13, 55, 147, 309};
    struct grain grain = sphere("Au", 0);
    double least, spacing = 4.078 / M_SQRT2 / 1.0514622;
    int fewest, most;
    grain.shape = GRAIN_ICOSAHEDRON;
    for (int n = 1; n <= 4; n++) {
        grain.radius_a = (n + 0.1) * spacing;
        struct atoms atoms = build(&grain);
        cr_expect_eq(atoms.count, magic[n - 1], "%d shells: %zu atoms", n, atoms.count);
        measure(&atoms, (n - 1.1) * spacing, 3.2, &least, &fewest, &most);
        cr_expect_float_eq(least, spacing, 1e-6, "neighbours along a radius are the closest");
        if (n > 1) cr_expect(fewest == 12 && most == 12);
        atoms_clear(&atoms);
    }
    grain.shape = GRAIN_DECAHEDRON;
    grain.radius_a = 16;
    struct atoms atoms = build(&grain);
    measure(&atoms, 6, 3.2, &least, &fewest, &most);
    cr_expect_float_eq(least, 4.078 / M_SQRT2, 0.1, "%g", least);
    cr_expect(fewest == 12 && most == 12, "%d to %d", fewest, most);
    atoms_clear(&atoms);
}

Test(grain, refuses_what_there_is_not)
{
    fringe_error error;
    struct atoms atoms = {0};
    struct grain grain = sphere("Fe", 8);
    grain.fault_count = 1;
    cr_expect_eq(grain_build(&grain, 0, &atoms, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "Fe"), "%s", error.message);
    grain = sphere("CdSe", 8);
    grain.shape = GRAIN_ICOSAHEDRON;
    cr_expect_eq(grain_build(&grain, 0, &atoms, &error), FRINGE_ARGUMENT);
    grain.shape = GRAIN_SPHERE;
    grain.fault_count = 1;
    grain.faults[0].kind = GRAIN_STACKING_FAULT;
    cr_expect_eq(grain_build(&grain, 0, &atoms, &error), FRINGE_ARGUMENT);
    cr_expect_eq(atoms.count, 0);
    grain = sphere("Au", 8);
    alloc_fail_after(0);
    fringe_status status = grain_build(&grain, 0, &atoms, &error);
    alloc_fail_after(-1);
    cr_expect_eq(status, FRINGE_MEMORY);
    atoms_clear(&atoms);
}

Test(element, table)
{
    cr_expect_eq(element_find("Au"), ELEMENT_AU);
    cr_expect_eq(element_find("C"), ELEMENT_C);
    cr_expect_eq(element_find("Uuo"), -1);
    /* f(0) of carbon is 2.51 A, of gold 10.57 A (International Tables C, 4.3.1.1) */
    cr_expect_float_eq(element_scattering(element_get(ELEMENT_C), 0), 2.51, 0.03);
    cr_expect_float_eq(element_scattering(element_get(ELEMENT_AU), 0), 10.57, 0.15);
    /* Far out it is Mott and Bethe's Z / (8 pi^2 a0 k^2 / ...): 0.0239 Z / s^2 with s = k / 2. */
    for (int e = 0; e < ELEMENT_COUNT; e++)
        for (double k = 0; k < 4; k += 0.5)
            cr_expect_gt(element_scattering(element_get(e), k * k),
                         element_scattering(element_get(e), (k + 0.5) * (k + 0.5)));
    cr_expect_float_eq(element_scattering(element_get(ELEMENT_AU), 400) * 100 / 0.023934 / 79, 1, 0.1);
}
