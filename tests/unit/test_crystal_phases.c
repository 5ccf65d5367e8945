/* Reflections, phase lists from CIF and YAML, and which phase a set of spots belongs to. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crystal/cif_read.h"
#include "crystal/lattice_match.h"

static struct reflections reflections_of(const char *phase, double most)
{
    struct cell cell;
    struct reflections reflections;
    fringe_error error;
    cr_assert_eq(cell_from_phase(phase_get(phase_find(phase)), &cell, &error), FRINGE_OK, "%s",
                 error.message);
    cr_assert_eq(reflections_list(&cell, most, &reflections, &error), FRINGE_OK, "%s", error.message);
    cell_clear(&cell);
    return reflections;
}

static double strength(const struct reflections *list, int h, int k, int l)
{
    for (size_t i = 0; i < list->count; i++) {
        const int *index = list->items[i].index;
        if ((index[0] == h && index[1] == k && index[2] == l) ||
            (index[0] == -h && index[1] == -k && index[2] == -l))
            return list->items[i].intensity;
    }
    return 0;
}

Test(reflections, extinctions_and_spacings)
{
    struct reflections au = reflections_of("Au", 10), te = reflections_of("CdTe", 10),
                       se = reflections_of("CdSe", 10), fe = reflections_of("Fe", 10);
    cr_expect_float_eq(1 / au.items[0].length, 0.23544, 1e-5); /* a / sqrt 3 */
    cr_expect_float_eq(strength(&au, 1, 1, 1), 1, 1e-12);
    cr_expect_eq(strength(&au, 1, 0, 0) + strength(&au, 1, 1, 0) + strength(&au, 2, 1, 1), 0);
    cr_expect_gt(strength(&au, 2, 0, 0), strength(&au, 2, 2, 0));
    /* Zinc-blende: h + k + l = 4n + 2 is the difference of two nearly equal atoms. */
    cr_expect_lt(strength(&te, 2, 0, 0), 0.02);
    cr_expect_gt(strength(&te, 2, 2, 0), 0.3);
    /* Wurtzite: (000l) with odd l, and (hhl) with odd l, are absent. */
    cr_expect_eq(strength(&se, 0, 0, 1) + strength(&se, 0, 0, 3) + strength(&se, 1, 1, 1), 0);
    cr_expect_gt(strength(&se, 0, 0, 2), 0.1);
    cr_expect_gt(strength(&se, 1, 0, 0), 0.1);
    /* Body-centred: only even sums. */
    cr_expect_eq(strength(&fe, 1, 0, 0) + strength(&fe, 1, 1, 1), 0);
    cr_expect_float_eq(strength(&fe, 1, 1, 0), 1, 1e-12);
    reflections_clear(&au);
    reflections_clear(&te);
    reflections_clear(&se);
    reflections_clear(&fe);
}

/* ---- files ---- */

static const char gold[] = "# gold\n"
                           "data_gold\n"
                           "_chemical_name_common 'Gold, it isn''t silver'\n"
                           "_cell.length_a 4.078(3)\n_cell_length_b 4.078\n_CELL_LENGTH_C 4.078\n"
                           "_cell_angle_alpha 90\n_cell_angle_beta 90.0\n_cell_angle_gamma 90\n"
                           "_something_else\n;\n data_not loop_ _cell_length_a 7\n;\n"
                           "loop_\n_symmetry_equiv_pos_site_id\n_symmetry_equiv_pos_as_xyz\n"
                           "1 'x, y, z'\n2 x,1/2+y,z+1/2\n3 '0.5+x, y, z-1/2'\n4 \"x+1/2,y+1/2,z\"\n"
                           "5 '-x,-y,-z'\n"
                           "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n"
                           "_atom_site_fract_z\n_atom_site_occupancy\nAu1 0 0 0 1.0\n"
                           "data_second\n_cell_length_a 9\n";

Test(cif, gold_is_the_built_in_gold)
{
    struct cell cell;
    struct reflections mine, built_in = reflections_of("Au", 12);
    fringe_error error;
    cr_assert_eq(cif_read(gold, sizeof gold - 1, "gold.cif", &cell, &error), FRINGE_OK, "%s", error.message);
    cr_expect_str_eq(cell.name, "Gold, it isn''t silver");
    cr_expect_eq(cell.site_count, 4); /* the inversion brings nothing */
    cr_assert_eq(reflections_list(&cell, 12, &mine, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(mine.count, built_in.count);
    for (size_t i = 0; i < mine.count; i++) {
        cr_expect_float_eq(mine.items[i].length, built_in.items[i].length, 1e-9);
        cr_expect_float_eq(mine.items[i].intensity, built_in.items[i].intensity, 1e-9);
    }
    reflections_clear(&mine);
    reflections_clear(&built_in);
    cell_clear(&cell);
}

static fringe_status read_text(const char *text, fringe_error *error)
{
    struct cell cell;
    fringe_status status = cif_read(text, strlen(text), "a.cif", &cell, error);
    cell_clear(&cell);
    return status;
}

#define CELL                                                                                                 \
    "data_a\n_cell_length_a 4\n_cell_length_b 4\n_cell_length_c 4\n_cell_angle_alpha 90\n"                   \
    "_cell_angle_beta 90\n_cell_angle_gamma 90\n"
#define SITES "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"

Test(cif, refusals_name_the_line)
{
    static const struct {
        const char *text, *words;
        fringe_status status;
    } cases[] = {
        {"phases: [Au]", "no data_", FRINGE_FORMAT},
        {"data_a\n" SITES "Au 0 0 0\n", "_cell_length_a is missing", FRINGE_FORMAT},
        {CELL, "no atom site", FRINGE_FORMAT},
        {CELL "_space_group_name_H-M_alt 'F m -3 m'\n" SITES "Au 0 0 0\n", "F m -3 m", FRINGE_UNSUPPORTED},
        {CELL SITES "Au 0 zero 0\n", "line 13: _atom_site_fract_y: 'zero'", FRINGE_FORMAT},
        {CELL SITES "Xx 0 0 0\n", "line 13", FRINGE_FORMAT},
        {CELL SITES "Au 0 0\n", "4 items whose last row has 3", FRINGE_FORMAT},
        {CELL "loop_\n_symmetry_equiv_pos_as_xyz\n'x,y'\n" SITES "Au 0 0 0\n", "'x,y'", FRINGE_FORMAT},
        {CELL "_x 'open\n" SITES, "line 8: a quote", FRINGE_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fringe_error error = {0};
        cr_expect_eq(read_text(cases[i].text, &error), cases[i].status, "case %zu", i);
        cr_expect(strstr(error.message, cases[i].words), "case %zu: %s", i, error.message);
    }
    cr_expect_eq(read_text(CELL "_symmetry_space_group_name_H-M 'P 1'\n" SITES "Au 0 0 0\n", NULL),
                 FRINGE_OK);
}

static char folder[] = "/tmp/fringe-phases-XXXXXX";

static void write_file(const char *name, const char *text, char path[128])
{
    snprintf(path, 128, "%s/%s", folder, name);
    FILE *stream = fopen(path, "w");
    cr_assert(stream);
    fputs(text, stream);
    fclose(stream);
}

Test(phase_list, yaml_names_built_in_ones_files_and_cells)
{
    char path[128], cif[128];
    struct phase_list list = {0};
    fringe_error error;
    cr_assert(mkdtemp(folder));
    write_file("gold.cif", gold, cif);
    write_file(
        "list.yaml",
        "phases:\n  - Fe3O4\n  - file: gold.cif\n  - name: CdTe, mine\n    a: 6.482\n    centring: F\n"
        "    atoms: [[Cd, 0, 0, 0], [Te, 0.25, 0.25, 0.25, 1.0]]\n"
        "  - {name: Mg, a: 3.209, c: 5.211, gamma: 120, atoms: [[Mg, 0.3333333333, 0.6666666667, 0.25],"
        " [Mg, 0.6666666667, 0.3333333333, 0.75]]}\n",
        path);
    cr_assert_eq(phase_list_read(path, &list, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(list.count, 4);
    cr_expect_str_eq(list.items[0].cell.name, "Fe3O4");
    cr_expect_str_eq(list.items[2].cell.name, "CdTe, mine");
    struct reflections te = reflections_of("CdTe", PHASE_LIST_G_MOST);
    cr_assert_eq(te.count, list.items[2].reflections.count);
    for (size_t i = 0; i < te.count; i++)
        cr_expect_float_eq(te.items[i].intensity, list.items[2].reflections.items[i].intensity, 1e-9);
    reflections_clear(&te);
    cr_expect_float_eq(1 / list.items[3].reflections.items[0].length, 0.2779, 1e-4); /* Mg (100) */
    /* The same again stands there already. */
    cr_expect_eq(phase_list_read(cif, &list, &error), FRINGE_FORMAT);
    cr_expect(strstr(error.message, "twice"), "%s", error.message);
    phase_list_clear(&list);
    unlink(path);
    unlink(cif);
    rmdir(folder);
}

Test(phase_list, yaml_refusals_name_the_place)
{
    static const char *const cases[][2] = {
        {"phases: [Unobtainium]", "no built-in phase"},
        {"phases: [{name: X, a: 4}]", "list of atoms"},
        {"phases: [{name: X, a: 4, atoms: [[Zz, 0, 0, 0]]}]", "no element"},
        {"phases: [{name: X, a: 0.1, atoms: [[Au, 0, 0, 0]]}]", "0.5 to 200"},
        {"phases: [{name: X, a: 4, aplha: 80, atoms: [[Au, 0, 0, 0]]}]", "no such key"},
        {"phases: [{name: X, a: 4, atoms: [[Au, 0, 0, 1e9]]}]", "no coordinate"},
        {"phases: [{file: nowhere.cif}]", "nowhere.cif"},
        {"phase: Au", "list of phases"},
    };
    char path[128];
    snprintf(folder, sizeof folder, "/tmp/fringe-phases-XXXXXX");
    cr_assert(mkdtemp(folder));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct phase_list list = {0};
        fringe_error error = {0};
        write_file("list.yaml", cases[i][0], path);
        cr_expect_neq(phase_list_read(path, &list, &error), FRINGE_OK, "case %zu", i);
        cr_expect(strstr(error.message, cases[i][1]), "case %zu: %s", i, error.message);
        phase_list_clear(&list);
    }
    unlink(path);
    rmdir(folder);
}

/* ---- matching ---- */

/* The spots that a phase shows along a zone, turned and with lengths off by `scale`; errors of half a
 * percent. */
static struct lattice_spots spots_of(const char *phase, const int axis[3], double angle, double scale,
                                     int most)
{
    struct lattice_spots spots = {.g_least = 1.2, .g_most = 10, .threshold = 16};
    struct reflections list = reflections_of(phase, 10);
    double x[3] = {0}, y[3] = {0}, z[3] = {axis[0], axis[1], axis[2]}, first = 0;
    for (size_t i = 0; i < list.count && spots.count < most; i++) {
        const struct reflection *r = list.items + i;
        if (fabs(r->g[0] * z[0] + r->g[1] * z[1] + r->g[2] * z[2]) > 1e-9 || r->intensity < 0.02) continue;
        if (first == 0) {
            double norm = sqrt(z[0] * z[0] + z[1] * z[1] + z[2] * z[2]);
            first = r->length;
            for (int k = 0; k < 3; k++) x[k] = r->g[k] / first;
            for (int k = 0; k < 3; k++)
                y[k] = (z[(k + 1) % 3] * x[(k + 2) % 3] - z[(k + 2) % 3] * x[(k + 1) % 3]) / norm;
        }
        double u = r->g[0] * x[0] + r->g[1] * x[1] + r->g[2] * x[2];
        double v = r->g[0] * y[0] + r->g[1] * y[1] + r->g[2] * y[2], error = 0.005 * r->length;
        struct lattice_spot *spot = spots.items + spots.count++;
        *spot = (struct lattice_spot){
            .g = {scale * (cos(angle) * u - sin(angle) * v), scale * (sin(angle) * u + cos(angle) * v)},
            .covariance = {error * error, 0, error * error},
            .contrast = 100 / r->length};
        if (spot->g[1] < 0) spot->g[0] = -spot->g[0], spot->g[1] = -spot->g[1];
    }
    reflections_clear(&list);
    return spots;
}

static int sum_of(const int axis[3])
{
    return abs(axis[0]) + abs(axis[1]) + abs(axis[2]);
}

Test(match, each_phase_is_found_along_each_zone)
{
    static const char *const phases[] = {"Au", "Cu", "CdTe", "CdSe",
                                         "Fe3O4"}; /* none of these looks like another */
    /* Cartesian; of the hexagonal crystal [100] and [120]. */
    static const int cubic[][3] = {{1, 1, 0}, {1, 1, 2}}, hexagonal[][3] = {{1, 0, 0}, {0, 1, 0}};
    struct phase_list list;
    fringe_error error;
    cr_assert_eq(phase_list_built_in(&list, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(list.count, PHASE_COUNT);
    for (int p = 0; p < 5; p++)
        for (int z = 0; z < 2; z++) {
            const int(*zones)[3] = !strcmp(phases[p], "CdSe") ? hexagonal : cubic;
            struct lattice_match ranked[PHASE_COUNT];
            struct lattice_spots spots = spots_of(phases[p], zones[z], 0.3 + p, 1, 8);
            cr_assert_geq(spots.count, 3, "%s, zone %d", phases[p], z);
            cr_assert(lattice_match_rank(&spots, &list, MATCH_SCALE_SPREAD, ranked));
            int at = 0;
            while (strcmp(list.items[ranked[at].phase].cell.name, phases[p])) at++;
            /* Silver is gold within 0.2 %: first or second, and as likely. */
            cr_expect_leq(at, !strcmp(phases[p], "Au"), "%s [%d%d%d] is number %d", phases[p], zones[z][0],
                          zones[z][1], zones[z][2], at + 1);
            cr_expect_gt(ranked[at].score, ranked[0].score - 0.5);
            cr_expect_eq(ranked[at].explained_count, spots.count);
            cr_expect_lt(ranked[at].residual, 0.002);
            if (strcmp(phases[p], "CdSe")) cr_expect_eq(sum_of(ranked[at].zone), sum_of(zones[z]));
        }
    phase_list_clear(&list);
}

/* What spots of half a percent leave open is said: gold is silver within 0.2 %, platinum is palladium within
 * 0.9 % where the pixel size is only known to 1 %. */
Test(match, phases_that_errors_leave_alike_are_named_together)
{
    static const struct {
        const char *seen, *also;
    } cases[] = {{"Au", "Ag"}, {"Ag", "Au"}, {"Pt", "Pd"}, {"CdTe", NULL}, {"Cu", NULL}, {"Fe3O4", NULL}};
    static const int zone[3] = {1, 1, 0};
    struct phase_list list;
    cr_assert_eq(phase_list_built_in(&list, NULL), FRINGE_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lattice_match ranked[PHASE_COUNT];
        struct lattice_spots spots = spots_of(cases[i].seen, zone, 0.4, 1, 8);
        double probability;
        int found = 0;
        cr_assert(lattice_match_rank(&spots, &list, MATCH_SCALE_SPREAD, ranked));
        int count = lattice_match_decide(ranked, list.count, &probability);
        cr_expect_eq(count, cases[i].also ? 2 : 1, "%s: %d phases", cases[i].seen, count);
        cr_expect(probability >= MATCH_SURE && probability <= 1 + 1e-9, "%g", probability);
        for (int k = 0; k < count; k++) {
            const char *name = list.items[ranked[k].phase].cell.name;
            found += !strcmp(name, cases[i].seen) || (cases[i].also && !strcmp(name, cases[i].also));
            cr_expect(lattice_match_same_zone(ranked, ranked + k), "%s", name);
        }
        cr_expect_eq(found, count, "%s", cases[i].seen);
    }
    phase_list_clear(&list);
}

Test(match, too_many_phases_that_fit_are_no_answer)
{
    struct lattice_match ranked[5] = {{.probability = 0.3, .explained_count = 4},
                                      {.probability = 0.3},
                                      {.probability = 0.3},
                                      {.probability = 0.06},
                                      {.probability = 0.04}};
    double probability;
    cr_expect_eq(lattice_match_decide(ranked, 5, &probability), 0);
    ranked[2].probability = 0.36;
    ranked[3].probability = 0;
    cr_expect_eq(lattice_match_decide(ranked, 5, &probability), 3);
    cr_expect_float_eq(probability, 0.96, 1e-12);
    ranked[0].explained_count = 1; /* one spacing is no crystal */
    cr_expect_eq(lattice_match_decide(ranked, 5, &probability), 0);
}

/* How many of a zone's places are of the kind {h h h}. */
static int count_diagonals(const struct zone_pattern *zone, int h)
{
    int count = 0;
    for (int i = 0; i < zone->place_count; i++) {
        const int *index = zone->places[i].index;
        count += abs(index[0]) == h && abs(index[1]) == h && abs(index[2]) == h;
    }
    return count;
}

/* Zinc and selenium scatter nearly alike, so that {222} is absent by the structure factor; an image shows it
 * by the interference of 111 with its opposite. */
Test(match, sums_of_strong_reflections_have_their_places)
{
    struct phase_list list;
    int diagonals = 0;
    cr_assert_eq(phase_list_built_in(&list, NULL), FRINGE_OK);
    const struct phase_entry *entry = list.items + phase_find("ZnSe");
    for (size_t i = 0; i < entry->reflections.count; i++)
        cr_expect(fabs(entry->reflections.items[i].length - 2 * sqrt(3) / 0.5668) > 1e-6, "{222} is allowed");
    for (int z = 0; z < entry->zone_count; z++) {
        const struct zone_pattern *zone = entry->zones + z;
        double total = 0, longest = 0;
        for (int i = 0; i < zone->place_count; i++) {
            double length = hypot(zone->places[i].g[0], zone->places[i].g[1]);
            cr_expect_geq(length, longest - 1e-5);
            longest = length;
            total += zone->places[i].weight;
        }
        cr_expect_float_eq(total, 1, 1e-9);
        cr_expect_geq(count_diagonals(zone, 2), count_diagonals(zone, 1));
        diagonals += count_diagonals(zone, 2);
    }
    cr_expect_gt(diagonals, 0);
    phase_list_clear(&list);
}

/* The rotation carries every spot's reflection to where it is seen. */
Test(match, rotation_is_proper_and_turns_the_zone_to_the_beam)
{
    static const int zone[3] = {1, 1, 0};
    struct phase_list list;
    struct lattice_match ranked[PHASE_COUNT];
    struct lattice_spots spots = spots_of("Cu", zone, 1.1, 1, 8);
    cr_assert_eq(phase_list_built_in(&list, NULL), FRINGE_OK);
    cr_assert(lattice_match_rank(&spots, &list, MATCH_SCALE_SPREAD, ranked));
    const double *m = ranked[0].rotation;
    double det = m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) +
                 m[2] * (m[3] * m[7] - m[4] * m[6]);
    cr_expect_float_eq(det, 1, 1e-9);
    double norm = sqrt(2), along = 0;
    for (int k = 0; k < 3; k++) along += m[6 + k] * ranked[0].zone[k] / norm;
    cr_expect_float_eq(along, 1, 1e-9);
    const struct phase_entry *entry = list.items + ranked[0].phase;
    for (int i = 0; i < spots.count; i++) {
        double least = 1e9;
        for (size_t r = 0; r < entry->reflections.count; r++) {
            const double *g = entry->reflections.items[r].g;
            double seen[3];
            for (int k = 0; k < 3; k++) seen[k] = m[3 * k] * g[0] + m[3 * k + 1] * g[1] + m[3 * k + 2] * g[2];
            if (fabs(seen[2]) > 1e-6) continue;
            for (int sign = -1; sign <= 1; sign += 2)
                least = fmin(
                    least, hypot(spots.items[i].g[0] - sign * seen[0], spots.items[i].g[1] - sign * seen[1]));
        }
        cr_expect_lt(least, 0.02);
    }
    phase_list_clear(&list);
}

Test(match, a_wrong_pixel_size_is_told_by_a_known_lattice)
{
    static const int zone[3] = {1, 1, 0};
    static const struct {
        double scale;
        int is_off;
    } cases[] = {{1, 0}, {1.005, 0}, {0.97, 1}, {1.05, 1}, {1.1, 1}};
    struct phase_list list;
    cr_assert_eq(phase_list_built_in(&list, NULL), FRINGE_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lattice_match match;
        struct lattice_spots spots = spots_of("Au", zone, 0.7, cases[i].scale, 8);
        cr_expect_eq(lattice_match_pixel_size(&spots, &list, phase_find("Au"), &match), cases[i].is_off,
                     "scale %g: %g +- %g", cases[i].scale, match.scale, match.scale_error);
        cr_expect_float_eq(match.scale, cases[i].scale, 0.003, "%g", match.scale);
    }
    phase_list_clear(&list);
}

Test(match, one_spot_is_not_enough)
{
    static const int zone[3] = {1, 1, 0};
    struct phase_list list;
    struct lattice_match ranked[PHASE_COUNT];
    struct lattice_spots spots = spots_of("Au", zone, 0.7, 1, 1);
    cr_assert_eq(phase_list_built_in(&list, NULL), FRINGE_OK);
    cr_expect_eq(lattice_match_rank(&spots, &list, MATCH_SCALE_SPREAD, ranked), 0);
    phase_list_clear(&list);
}
