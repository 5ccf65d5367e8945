/* particle_truth.c - how well lattices and faults of simulated particles are found.
 *
 *     particle_truth lattice FOLDER...
 *     particle_truth faults TRAIN-FOLDER... -- TEST-FOLDER...
 *
 * Folders are those of `fringe simulate`. Particles are the connected pixels of the true masks, so that no
 * segmentation is judged here; one that touches another or is cut by the image's edge into pieces is left
 * out. `lattice` holds spacings, their intervals and the phases against the truth; `faults` grows a forest on
 * the first folders and rates the particles of the others, beside the same forest on the published features.
 * Run it by hand: its figures go into documents, not into a test's verdict.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/number.h"
#include "crystal/lattice_match.h"
#include "faults/fault_classes.h"
#include "forest/forest_grow.h"
#include "forest/forest_predict.h"
#include "fringe/fringe.h"
#include "particles/component.h"
#include "text/csv_read.h"

enum { PATH_BYTES = 4096, REFLECTIONS_MOST = 2000 };

struct truth {
    const struct csv_table *table;
    size_t row;
};

static const char *text_of(const struct truth *truth, const char *column)
{
    size_t at = csv_table_find(truth->table, column);
    if (at == csv_table_columns(truth->table)) {
        fprintf(stderr, "truth.csv has no column %s\n", column);
        exit(2);
    }
    return csv_table_cell(truth->table, truth->row, at);
}

static double number_of(const struct truth *truth, const char *column)
{
    double value = 0;
    number_parse_all(text_of(truth, column), &value);
    return value;
}

/* ---- particles of a folder ---- */

typedef void see_particle(void *context, const struct truth *truth, const struct lattice_region *region);

struct image {
    int32_t width, height;
    float *pixels;
    int32_t *labels;
    struct component_list components;
};

static void fail(const fringe_error *error)
{
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static float *read_plane(const char *folder, const char *name, const char *suffix,
                         fringe_micrograph_info *info)
{
    char path[PATH_BYTES];
    fringe_micrograph *micrograph;
    fringe_error error;
    snprintf(path, sizeof path, "%s/%.*s%s.tif", folder, (int)(strlen(name) - 4), name, suffix);
    if (fringe_micrograph_open(path, NULL, &micrograph, &error)) fail(&error);
    fringe_micrograph_get_info(micrograph, info);
    float *plane = alloc_array((size_t)info->width_px * (size_t)info->height_px, sizeof *plane);
    if (!plane || fringe_micrograph_read(micrograph, 0, 0, plane, &error)) fail(&error);
    fringe_micrograph_free(micrograph);
    return plane;
}

static void open_image(const char *folder, const char *name, struct image *image)
{
    fringe_micrograph_info info;
    fringe_error error;
    image->pixels = read_plane(folder, name, "", &info);
    float *mask = read_plane(folder, name, "-mask", &info);
    image->width = info.width_px;
    image->height = info.height_px;
    size_t count = (size_t)info.width_px * (size_t)info.height_px;
    int32_t *values = alloc_array(count, sizeof *values);
    image->labels = alloc_array(count, sizeof *image->labels);
    for (size_t i = 0; i < count; i++) values[i] = mask[i] > 0;
    if (component_find(values, image->height, image->width, 8, image->labels, &image->components, &error))
        fail(&error);
    alloc_free(values);
    alloc_free(mask);
}

static void close_image(struct image *image)
{
    component_list_free(&image->components);
    alloc_free(image->pixels);
    alloc_free(image->labels);
    *image = (struct image){0};
}

/* Shows the particle whose pixels are the component at its centre, where that is the particle's size. */
static void show(const struct image *image, const struct truth *truth, see_particle *see, void *context)
{
    double x = number_of(truth, "x_px"), y = number_of(truth, "y_px"), area = number_of(truth, "area_px");
    if (!(x >= 0 && y >= 0 && x < image->width && y < image->height)) return;
    int32_t label = image->labels[(size_t)y * (size_t)image->width + (size_t)x];
    if (!label) return;
    const struct component *c = image->components.items + label - 1;
    if (fabs(c->pixel_count - area) > 0.02 * area) return;
    int32_t width = c->x1 - c->x0, height = c->y1 - c->y0;
    float *pixels = alloc_array((size_t)width * (size_t)height, sizeof *pixels);
    uint8_t *mask = alloc_array((size_t)width * (size_t)height, 1);
    for (int32_t i = 0; i < height; i++)
        for (int32_t j = 0; j < width; j++) {
            size_t from = (size_t)(i + c->y0) * (size_t)image->width + (size_t)(j + c->x0);
            pixels[i * width + j] = image->pixels[from];
            mask[i * width + j] = image->labels[from] == label;
        }
    double nm = number_of(truth, "pixel_size_nm");
    struct lattice_region region = {pixels, mask, height, width, nm, nm};
    see(context, truth, &region);
    alloc_free(pixels);
    alloc_free(mask);
}

static void each_particle(const char *folder, see_particle *see, void *context)
{
    char path[PATH_BYTES], last[64] = "";
    unsigned char *bytes;
    size_t size;
    struct csv_table *table;
    struct image image = {0};
    fringe_error error;
    snprintf(path, sizeof path, "%s/truth.csv", folder);
    if (file_read_all(path, CSV_READ_MOST_BYTES, &bytes, &size, &error) ||
        csv_read(bytes, size, path, &table, &error))
        fail(&error);
    for (size_t row = 0; row < csv_table_rows(table); row++) {
        struct truth truth = {table, row};
        const char *name = text_of(&truth, "image");
        if (!*text_of(&truth, "particle")) continue;
        if (strcmp(name, last)) {
            close_image(&image);
            open_image(folder, name, &image);
            snprintf(last, sizeof last, "%.60s", name);
        }
        show(&image, &truth, see, context);
    }
    close_image(&image);
    csv_table_free(table);
    alloc_free(bytes);
}

/* A share with Wilson's interval of 95 %. */
static void print_share(const char *what, int part, int of)
{
    double p = of ? (double)part / of : 0, z = 1.959964, z2 = z * z / (of ? of : 1);
    double middle = (p + z2 / 2) / (1 + z2);
    double half = of ? z * sqrt(p * (1 - p) / of + z2 / (4. * of)) / (1 + z2) : 0;
    printf("%-44s %5d of %5d  %.3f [%.3f, %.3f]\n", what, part, of, p, middle - half, middle + half);
}

/* ---- lattices ---- */

enum { ERRORS_MOST = 200000 };

struct lattice_score {
    struct phase_list list;
    int particles, resolved, with_spots, first, first_or_alike, within_two;
    int spots, spots_covered, bases, bases_covered;
    double errors[ERRORS_MOST];
};

/* What the microscope may see of the crystal: in the image's plane, and its true length. */
struct known {
    double g[2], length;
};

static int list_known(const struct phase_entry *entry, const struct truth *truth, struct known *known)
{
    double rotation[9] = {0}, slack = 1 / number_of(truth, "particle_diameter_nm");
    const char *at = text_of(truth, "rotation");
    int count = 0;
    for (int k = 0; k < 9 && at; k++) { at = number_parse(at + (*at == ' '), NULL, rotation + k); }
    for (size_t i = 0; i < entry->reflections.count && count < REFLECTIONS_MOST; i++) {
        const struct reflection *r = entry->reflections.items + i;
        double seen[3];
        for (int k = 0; k < 3; k++)
            seen[k] =
                rotation[3 * k] * r->g[0] + rotation[3 * k + 1] * r->g[1] + rotation[3 * k + 2] * r->g[2];
        if (r->intensity < 0.02 || fabs(seen[2]) > slack) continue;
        known[count++] = (struct known){{seen[0], seen[1]}, r->length};
    }
    return count;
}

/* The known reflection at g, within 0.6 of the resolution; NULL where there is none. */
static const struct known *find_known(const struct known *known, int count, const double g[2], double length)
{
    const struct known *found = NULL;
    double least = 0.6 / length;
    for (int i = 0; i < count; i++) {
        double miss = fmin(hypot(known[i].g[0] - g[0], known[i].g[1] - g[1]),
                           hypot(known[i].g[0] + g[0], known[i].g[1] + g[1]));
        if (miss >= least) continue;
        least = miss;
        found = known + i;
    }
    return found;
}

/* Gold and silver, palladium and platinum differ by less than any of these spectra can tell. */
static int look_alike(const char *a, const char *b)
{
    static const char *const pairs[][2] = {{"Au", "Ag"}, {"Pd", "Pt"}};
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++)
            if (!strcmp(a, pairs[i][k]) && !strcmp(b, pairs[i][1 - k])) return 1;
    return !strcmp(a, b);
}

static void judge_phase(struct lattice_score *score, const struct lattice_spots *spots, const char *material)
{
    struct lattice_match ranked[PHASE_LIST_MOST];
    if (!lattice_match_rank(spots, &score->list, MATCH_SCALE_SPREAD, ranked)) return;
    score->with_spots++;
    const char *first = score->list.items[ranked[0].phase].cell.name;
    score->first += !strcmp(first, material);
    score->first_or_alike += look_alike(first, material);
    for (int i = 0; i < score->list.count; i++)
        if (look_alike(score->list.items[ranked[i].phase].cell.name, material)) {
            score->within_two += ranked[i].score > ranked[0].score - 2;
            break;
        }
}

static void see_lattice(void *context, const struct truth *truth, const struct lattice_region *region)
{
    struct lattice_score *score = context;
    struct lattice_spectrum *spectrum;
    struct lattice_spots spots;
    struct known known[REFLECTIONS_MOST];
    const char *material = text_of(truth, "material"), *shape = text_of(truth, "shape");
    if (!strcmp(shape, "decahedron") || !strcmp(shape, "icosahedron")) return; /* several crystals */
    if (lattice_spectrum_create(region, &spectrum, NULL)) return;
    score->particles++;
    if (number_of(truth, "resolved") > 0) {
        score->resolved++;
        lattice_spots_find(spectrum, &spots);
        int count = list_known(score->list.items + phase_find(material), truth, known);
        for (int i = 0; i < spots.count; i++) {
            const struct lattice_spot *spot = spots.items + i;
            const struct known *at = find_known(known, count, spot->g, spectrum->length);
            if (!at || score->spots == ERRORS_MOST) continue;
            score->errors[score->spots++] = fabs(spot->d * at->length - 1);
            score->spots_covered += fabs(spot->d - 1 / at->length) < 1.96 * spot->d_error;
        }
        const double *bases[2] = {spots.net.a, spots.net.b};
        double lengths[2] = {spots.net.length_a, spots.net.length_b};
        double errors[2] = {spots.net.length_a_error, spots.net.length_b_error};
        for (int k = 0; k < 2 && spots.has_net; k++) {
            const struct known *at = find_known(known, count, bases[k], spectrum->length);
            if (!at) continue;
            score->bases++;
            score->bases_covered += fabs(lengths[k] - at->length) < 1.96 * errors[k];
        }
        judge_phase(score, &spots, material);
    }
    lattice_spectrum_free(spectrum);
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void judge_lattices(char **folders, int count)
{
    struct lattice_score *score = alloc_array(1, sizeof *score);
    fringe_error error;
    if (!score || phase_list_built_in(&score->list, &error)) fail(&error);
    for (int i = 0; i < count; i++) each_particle(folders[i], see_lattice, score);
    qsort(score->errors, (size_t)score->spots, sizeof *score->errors, by_size);
    print_share("resolved single crystals, of all", score->resolved, score->particles);
    print_share("two spots or more, of resolved", score->with_spots, score->resolved);
    printf("%-44s %.4f (%d spots)\n", "median relative error of d",
           score->spots ? score->errors[score->spots / 2] : 0, score->spots);
    print_share("d within 1.96 errors, of spots", score->spots_covered, score->spots);
    print_share("basis vector within 1.96 errors", score->bases_covered, score->bases);
    print_share("right phase first of all built-in ones", score->first, score->resolved);
    print_share("the same, Au = Ag and Pd = Pt", score->first_or_alike, score->resolved);
    print_share("the same, of those with two spots", score->first_or_alike, score->with_spots);
    print_share("right phase within 2 of the first's score", score->within_two, score->with_spots);
    phase_list_clear(&score->list);
    alloc_free(score);
}

/* ---- faults ---- */

struct sample {
    float features[FAULT_FEATURE_COUNT];
    uint16_t class_index; /* what is to be said: undecided where not resolved */
    int resolved;
    double dose, defocus, diameter;
    char material[8];
};

struct samples {
    struct sample *items;
    size_t count;
};

/* By geometry alone, see fringe/faults.h. Two twin planes or more are a multiply twinned particle whatever
 * grew them; a twin beside a stacking fault is called a twin. */
static fringe_fault true_class(const struct truth *truth)
{
    int twins = 0, glides = 0;
    for (int i = 1; i <= 3; i++) {
        char column[32];
        snprintf(column, sizeof column, "fault%d_kind", i);
        const char *kind = text_of(truth, column);
        snprintf(column, sizeof column, "fault%d_edge_on", i);
        if (!*kind || number_of(truth, column) == 0) continue;
        twins += !strcmp(kind, "twin");
        glides += strcmp(kind, "twin") != 0;
    }
    if (number_of(truth, "twin_plane_count") > 0) twins += (int)number_of(truth, "edge_on_count");
    return twins > 1 ? FRINGE_FAULT_MULTIPLE
           : twins   ? FRINGE_FAULT_TWIN
           : glides  ? FRINGE_FAULT_STACKING
                     : FRINGE_FAULT_NONE;
}

static void see_fault(void *context, const struct truth *truth, const struct lattice_region *region)
{
    struct samples *samples = context;
    double features[FAULT_FEATURE_COUNT];
    fringe_error error;
    struct sample *items = alloc_resize(samples->items, samples->count + 1, sizeof *items);
    if (!items || fault_features_compute(region, features, NULL, &error)) fail(&error);
    samples->items = items;
    struct sample *sample = items + samples->count++;
    *sample = (struct sample){.resolved = number_of(truth, "resolved") > 0,
                              .dose = number_of(truth, "dose_per_a2"),
                              .defocus = number_of(truth, "defocus_nm"),
                              .diameter = number_of(truth, "particle_diameter_nm")};
    sample->class_index = (uint16_t)(sample->resolved ? true_class(truth) : FRINGE_FAULT_UNDECIDED);
    snprintf(sample->material, sizeof sample->material, "%.7s", text_of(truth, "material"));
    for (int i = 0; i < FAULT_FEATURE_COUNT; i++) sample->features[i] = (float)features[i];
}

static const char *const class_names[FRINGE_FAULT_COUNT] = {
#define CLASS_NAME(symbol, name, is_seen) name,
    FRINGE_FAULT_LIST(CLASS_NAME)
#undef CLASS_NAME
};

static struct forest *grow(const struct samples *train, int from, int count)
{
    struct forest_settings settings;
    struct forest *forest;
    fringe_error error;
    float *values = alloc_array(train->count * (size_t)count, sizeof *values);
    uint16_t *classes = alloc_array(train->count, sizeof *classes);
    for (size_t i = 0; i < train->count; i++) {
        memcpy(values + i * (size_t)count, train->items[i].features + from, (size_t)count * sizeof *values);
        classes[i] = train->items[i].class_index;
    }
    struct forest_table table = {values, classes, train->count, (uint32_t)count, FRINGE_FAULT_COUNT};
    forest_settings_init(&settings);
    settings.tree_count = 500;
    settings.splits = FOREST_EXACT;
    settings.least_leaf = 2;
    settings.balance = FOREST_BALANCED_EACH_TREE;
    if (forest_grow(&settings, &table, class_names, NULL, &forest, NULL, &error)) fail(&error);
    alloc_free(values);
    alloc_free(classes);
    return forest;
}

/* Two-way scores of the resolved particles that `stratum` (NULL: all) takes. */
static void print_two_way(const char *what, const struct samples *test, const fringe_fault *said,
                          int (*stratum)(const struct sample *, double, double), double low, double high)
{
    int right = 0, of = 0, both = 0, truly = 0, claimed = 0;
    for (size_t i = 0; i < test->count; i++) {
        const struct sample *s = test->items + i;
        if (!s->resolved || (stratum && !stratum(s, low, high))) continue;
        int is_fault = fringe_fault_is_seen((fringe_fault)s->class_index),
            says = fringe_fault_is_seen(said[i]);
        right += said[i] != FRINGE_FAULT_UNDECIDED && is_fault == says;
        both += is_fault && says;
        truly += is_fault;
        claimed += says;
        of++;
    }
    char line[64];
    snprintf(line, sizeof line, "%s, F1 %.3f", what, truly + claimed ? 2. * both / (truly + claimed) : 0);
    print_share(line, right, of);
}

static int of_dose(const struct sample *s, double low, double high)
{
    return s->dose >= low && s->dose < high;
}

static int of_size(const struct sample *s, double low, double high)
{
    return s->diameter >= low && s->diameter < high;
}

static int of_defocus(const struct sample *s, double low, double high)
{
    return fabs(s->defocus) >= low && fabs(s->defocus) < high;
}

static void judge(const char *name, const struct samples *train, const struct samples *test, int from,
                  int count)
{
    struct forest *forest = grow(train, from, count);
    fringe_fault *said = alloc_array(test->count, sizeof *said);
    int table[FRINGE_FAULT_COUNT][FRINGE_FAULT_COUNT] = {{0}}, right = 0, of = 0, all = 0;
    fringe_error error;
    for (size_t i = 0; i < test->count; i++) {
        float scores[FRINGE_FAULT_COUNT];
        const struct sample *s = test->items + i;
        if (forest_predict(forest, s->features + from, 1, NULL, scores, &error)) fail(&error);
        said[i] = (fringe_fault)forest_predict_class(forest, scores);
        table[s->class_index][said[i]]++;
        right += s->resolved && said[i] == s->class_index;
        of += s->resolved;
        all += said[i] == s->class_index;
    }
    printf("== %s\n", name);
    print_share("all five classes, all particles", all, (int)test->count);
    print_share("right class, of resolved", right, of);
    print_two_way("fault or none", test, said, NULL, 0, 0);
    print_two_way("  dose 30-100", test, said, of_dose, 0, 100);
    print_two_way("  dose 100-500", test, said, of_dose, 100, 500);
    print_two_way("  dose above 500", test, said, of_dose, 500, 1e9);
    print_two_way("  below 3.5 nm", test, said, of_size, 0, 3.5);
    print_two_way("  3.5 to 5 nm", test, said, of_size, 3.5, 5);
    print_two_way("  above 5 nm", test, said, of_size, 5, 1e9);
    print_two_way("  defocus below 15 nm", test, said, of_defocus, 0, 15);
    print_two_way("  15 to 60 nm", test, said, of_defocus, 15, 60);
    print_two_way("  above 60 nm", test, said, of_defocus, 60, 1e9);
    for (int t = 0; t < FRINGE_FAULT_COUNT; t++) {
        printf("  truth %-18s", fringe_fault_name((fringe_fault)t));
        for (int p = 0; p < FRINGE_FAULT_COUNT; p++) printf(" %5d", table[t][p]);
        printf("\n");
    }
    alloc_free(said);
    forest_free(forest);
}

static void judge_faults(char **folders, int count)
{
    struct samples sets[2] = {{0}};
    int set = 0;
    for (int i = 0; i < count; i++) {
        if (!strcmp(folders[i], "--"))
            set = 1;
        else
            each_particle(folders[i], see_fault, sets + set);
    }
    if (!sets[0].count || !sets[1].count) {
        fprintf(stderr, "folders to train on and, behind --, to test on are needed\n");
        exit(2);
    }
    printf("%zu particles to train on, %zu to test on\n", sets[0].count, sets[1].count);
    judge("features of the lattice", sets, sets + 1, 0, FAULT_FOREST_FEATURE_COUNT);
    judge("published features", sets, sets + 1, FEATURE_published_ring_mean,
          FAULT_FEATURE_COUNT - FEATURE_published_ring_mean);
    for (int i = 0; i < 2; i++) alloc_free(sets[i].items);
}

int main(int count, char **words)
{
    if (count > 2 && !strcmp(words[1], "lattice")) {
        judge_lattices(words + 2, count - 2);
    } else if (count > 4 && !strcmp(words[1], "faults")) {
        judge_faults(words + 2, count - 2);
    } else {
        fprintf(stderr, "usage: particle_truth lattice FOLDER... | faults TRAIN... -- TEST...\n");
        return 2;
    }
    return 0;
}
