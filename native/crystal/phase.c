#include "crystal/phase.h"

#include <math.h>
#include <string.h>

#include "crystal/element.h"

static const struct phase phases[PHASE_COUNT] = {
    {"Au", PHASE_FCC, {ELEMENT_AU, -1}, 4.078, 4.078},
    {"Ag", PHASE_FCC, {ELEMENT_AG, -1}, 4.086, 4.086},
    {"Cu", PHASE_FCC, {ELEMENT_CU, -1}, 3.6157, 3.6157},
    {"Pd", PHASE_FCC, {ELEMENT_PD, -1}, 3.89, 3.89},
    {"Pt", PHASE_FCC, {ELEMENT_PT, -1}, 3.924, 3.924},
    {"Ni", PHASE_FCC, {ELEMENT_NI, -1}, 3.524, 3.524},
    {"Fe", PHASE_BCC, {ELEMENT_FE, -1}, 2.8665, 2.8665},
    {"CdTe", PHASE_ZINC_BLENDE, {ELEMENT_CD, ELEMENT_TE}, 6.482, 6.482},
    {"ZnSe", PHASE_ZINC_BLENDE, {ELEMENT_ZN, ELEMENT_SE}, 5.668, 5.668},
    {"CdSe", PHASE_WURTZITE, {ELEMENT_CD, ELEMENT_SE}, 4.2985, 7.0152},
    {"ZnS", PHASE_WURTZITE, {ELEMENT_ZN, ELEMENT_S}, 3.8227, 6.2607},
    {"Co3O4", PHASE_SPINEL, {ELEMENT_CO, ELEMENT_O}, 8.084, 8.084},
    {"Fe3O4", PHASE_SPINEL, {ELEMENT_FE, ELEMENT_O}, 8.394, 8.394},
};

const struct phase *phase_get(int index)
{
    return &phases[index];
}

int phase_find(const char *name)
{
    for (int i = 0; i < PHASE_COUNT; i++)
        if (!strcmp(phases[i].name, name)) return i;
    return -1;
}

const char *phase_structure_name(enum phase_structure structure)
{
    static const char *const names[] = {"fcc", "bcc", "zinc-blende", "wurtzite", "spinel"};
    return names[structure];
}

static const double face_centres[4][3] = {{0, 0, 0}, {0, 0.5, 0.5}, {0.5, 0, 0.5}, {0.5, 0.5, 0}};

/* One site in cell coordinates. */
static void add_site(struct phase_site *sites, int *count, int element, double u, double v, double w)
{
    sites[(*count)++] = (struct phase_site){{u, v, w}, element};
}

static void add_face_centred(struct phase_site *sites, int *count, int element, double u, double v, double w)
{
    for (int i = 0; i < 4; i++)
        add_site(sites, count, element, u + face_centres[i][0], v + face_centres[i][1],
                 w + face_centres[i][2]);
}

/* Fd-3m, origin at -43m: cations on 8a and 16d, oxygen on 32e with its parameter x: Co3O4 0.388 (Smith and
 * Hobson, Acta Cryst. B 29, 362, 1973), Fe3O4 0.380 (Fleet, Acta Cryst. B 37, 917, 1981). */
static void add_spinel(const struct phase *phase, struct phase_site *sites, int *count)
{
    int cation = phase->elements[0], oxygen = phase->elements[1];
    double x = cation == ELEMENT_CO ? 0.388 : 0.380;
    static const double octahedral[4][3] = {
        {0.625, 0.625, 0.625}, {0.375, 0.875, 0.125}, {0.875, 0.125, 0.375}, {0.125, 0.375, 0.875}};
    add_face_centred(sites, count, cation, 0, 0, 0);
    add_face_centred(sites, count, cation, 0.75, 0.25, 0.75);
    for (int i = 0; i < 4; i++)
        add_face_centred(sites, count, cation, octahedral[i][0], octahedral[i][1], octahedral[i][2]);
    add_face_centred(sites, count, oxygen, x, x, x);
    add_face_centred(sites, count, oxygen, -x, 0.5 - x, 0.5 + x);
    add_face_centred(sites, count, oxygen, 0.5 - x, 0.5 + x, -x);
    add_face_centred(sites, count, oxygen, 0.5 + x, -x, 0.5 - x);
    add_face_centred(sites, count, oxygen, 0.75 + x, 0.25 + x, 0.75 - x);
    add_face_centred(sites, count, oxygen, 0.25 - x, 0.25 - x, 0.25 - x);
    add_face_centred(sites, count, oxygen, 0.25 + x, 0.75 - x, 0.75 + x);
    add_face_centred(sites, count, oxygen, 0.75 - x, 0.75 + x, 0.25 + x);
}

int phase_cell(const struct phase *phase, double vectors[3][3], struct phase_site sites[PHASE_CELL_MOST])
{
    double a = phase->a, c = phase->c;
    int hexagonal = phase->structure == PHASE_WURTZITE, count = 0;
    int cation = phase->elements[0], anion = phase->elements[1];
    double axes[3][3] = {{a, 0, 0}, {hexagonal ? -a / 2 : 0, hexagonal ? a * sqrt(0.75) : a, 0}, {0, 0, c}};
    memcpy(vectors, axes, sizeof axes);
    switch (phase->structure) {
    case PHASE_FCC:
        add_face_centred(sites, &count, cation, 0, 0, 0);
        break;
    case PHASE_BCC:
        add_site(sites, &count, cation, 0, 0, 0);
        add_site(sites, &count, cation, 0.5, 0.5, 0.5);
        break;
    case PHASE_ZINC_BLENDE:
        add_face_centred(sites, &count, cation, 0, 0, 0);
        add_face_centred(sites, &count, anion, 0.25, 0.25, 0.25);
        break;
    case PHASE_WURTZITE: /* the ideal u of 3/8 */
        add_site(sites, &count, cation, 0, 0, 0);
        add_site(sites, &count, cation, 2. / 3, 1. / 3, 0.5);
        add_site(sites, &count, anion, 0, 0, 0.375);
        add_site(sites, &count, anion, 2. / 3, 1. / 3, 0.875);
        break;
    case PHASE_SPINEL:
        add_spinel(phase, sites, &count);
        break;
    }
    for (int i = 0; i < count; i++) {
        double *p = sites[i].position, cell[3] = {p[0], p[1], p[2]};
        for (int k = 0; k < 3; k++)
            p[k] = cell[0] * vectors[0][k] + cell[1] * vectors[1][k] + cell[2] * vectors[2][k];
    }
    return count;
}

int phase_stacking(const struct phase *phase, struct phase_stacking *stacking)
{
    double a = phase->a, c = phase->c, n = sqrt(1. / 3);
    if (phase->structure == PHASE_FCC || phase->structure == PHASE_ZINC_BLENDE) {
        /* The part of the step a/2 [101] that lies in (111) is a/6 [1-21]: that glide sets every layer above
         * the cut one letter ahead. The opposite one would put like on like. */
        *stacking = (struct phase_stacking){{n, n, n}, a * n, {a / 2, 0, a / 2}, {a / 6, -a / 3, a / 6}};
        return 1;
    }
    if (phase->structure == PHASE_WURTZITE) {
        *stacking = (struct phase_stacking){{0, 0, 1}, c / 2, {a / 2, a / sqrt(12), c / 2}, {0, 0, 0}};
        return 1;
    }
    return 0;
}
