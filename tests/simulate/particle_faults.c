/* particle_faults.c - faults of simulated particles: a table to train a forest on, and how well one does.
 *
 *     particle_faults table [--masks MASKS] FOLDER...
 *     particle_faults pages "CLASS=STACK.tif"...
 *     particle_faults rate PACKAGE TABLE.csv...
 *
 * Folders are those of `fringe simulate`. Particles are the connected pixels of the true masks; with --masks
 * they are those of MASKS/FOLDER/NNNN-mask.tif, which `fringe segment -o MASKS/FOLDER FOLDER` wrote. `table`
 * prints a row of features with the true class for each particle: what `fringe train` makes a forest of.
 * `pages` prints the same of images that were not simulated: each page of a stack is one particle with
 * resolved lattice and without pixel size, of the class that its stack is said to show.
 * `rate` holds what a forest says of the rows of such tables against the truth, over all and by dose,
 * defocus, tilt, size and material; the forest may be one on any of the table's columns. Run it by hand: its
 * figures go into documents, not into a test's verdict.
 */
#include "crystal/phase.h"
#include "faults/fault_classes.h"
#include "model/forest_package.h"
#include "simulate/simulated_particles.h"

#define PI 3.14159265358979323846

struct sample {
    char image[64], material[8], shape[16], zone[16];
    double diameter_nm, dose_per_a2, defocus_nm, tilt_deg;
    int resolved;
    fringe_fault fault, said; /* what is to be said: undecided where not resolved */
    int forced;               /* a fault rather than none, also where neither is said */
    double fault_probability, undecided_probability;
    double features[FAULT_FEATURE_COUNT];
};

struct samples {
    struct sample *items;
    size_t count, capacity;
};

static void read_numbers(const char *text, double *numbers, int count)
{
    for (int k = 0; k < count && text; k++) text = number_parse(text + (*text == ' '), NULL, numbers + k);
}

/* By geometry alone. Two twin planes or more are a multiply twinned particle whatever grew them; a twin
 * beside a stacking fault is called a twin. */
static fringe_fault true_fault(const struct truth *truth)
{
    int twins = 0, glides = 0;
    for (int i = 1; i <= 3; i++) {
        char column[40];
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

/* Of the zone axis from the beam, degrees; NaN where the crystal lies anyhow. */
static double tilt_of(const struct truth *truth)
{
    double rotation[9] = {0}, zone[3] = {0};
    if (number_of(truth, "on_zone") == 0) return NAN;
    read_numbers(text_of(truth, "rotation"), rotation, 9);
    read_numbers(text_of(truth, "zone"), zone, 3);
    double along = rotation[6] * zone[0] + rotation[7] * zone[1] + rotation[8] * zone[2];
    return acos(fmin(1, fabs(along) / hypot(hypot(zone[0], zone[1]), zone[2]))) * 180 / PI;
}

static struct sample *append(struct samples *samples)
{
    if (samples->count == samples->capacity) {
        samples->capacity = 2 * samples->capacity + 64;
        samples->items = alloc_resize(samples->items, samples->capacity, sizeof *samples->items);
        if (!samples->items) exit(1);
    }
    samples->items[samples->count] = (struct sample){0};
    return samples->items + samples->count++;
}

static void see_fault(void *context, const struct truth *truth, const struct lattice_region *region)
{
    struct samples *samples = context;
    fringe_error error;
    struct sample *s = append(samples);
    *s = (struct sample){.resolved = number_of(truth, "resolved") > 0,
                         .dose_per_a2 = number_of(truth, "dose_per_a2"),
                         .defocus_nm = number_of(truth, "defocus_nm"),
                         .diameter_nm = number_of(truth, "particle_diameter_nm"),
                         .tilt_deg = tilt_of(truth)};
    s->fault = s->resolved ? true_fault(truth) : FRINGE_FAULT_UNDECIDED;
    snprintf(s->image, sizeof s->image, "%.60s", text_of(truth, "image"));
    snprintf(s->material, sizeof s->material, "%.7s", text_of(truth, "material"));
    snprintf(s->shape, sizeof s->shape, "%.15s", text_of(truth, "shape"));
    snprintf(s->zone, sizeof s->zone, "%.15s", text_of(truth, "zone"));
    if (fault_features_compute(region, s->features, NULL, &error)) fail(&error);
}

/* ---- pages ---- */

static fringe_fault find_fault(const char *name)
{
    fringe_fault fault = FRINGE_FAULT_NONE;
    while (strcmp(fringe_fault_name(fault), name) != 0)
        if (++fault == FRINGE_FAULT_COUNT) {
            fprintf(stderr, "'%s' is no class of faults\n", name);
            exit(1);
        }
    return fault;
}

/* Of CLASS=STACK.tif. */
static void see_pages(char *word, struct samples *samples)
{
    char *path = strchr(word, '=');
    fringe_micrograph *stack;
    fringe_micrograph_info info;
    fringe_error error;
    if (!path) {
        fprintf(stderr, "'%s' is not CLASS=STACK.tif\n", word);
        exit(2);
    }
    *path++ = 0;
    const char *last = strrchr(path, '/');
    if (fringe_micrograph_open(path, NULL, &stack, &error)) fail(&error);
    fringe_micrograph_get_info(stack, &info);
    float *pixels = alloc_array((size_t)info.width_px * (size_t)info.height_px, sizeof *pixels);
    const struct lattice_region page = {pixels, NULL, info.height_px, info.width_px, 0, 0};
    for (int32_t slice = 0; pixels && slice < info.slice_count; slice++) {
        struct sample *s = append(samples);
        *s = (struct sample){.resolved = 1,
                             .dose_per_a2 = NAN,
                             .defocus_nm = NAN,
                             .diameter_nm = NAN,
                             .tilt_deg = NAN,
                             .fault = find_fault(word)};
        snprintf(s->image, sizeof s->image, "%.60s", last ? last + 1 : path);
        if (fringe_micrograph_read(stack, slice, 0, pixels, &error) ||
            fault_features_compute(&page, s->features, NULL, &error))
            fail(&error);
    }
    alloc_free(pixels);
    fringe_micrograph_free(stack);
}

/* ---- table ---- */

/* Nothing where it is not known. */
static void print_number(double value)
{
    printf(",");
    if (!isnan(value)) printf("%.4g", value);
}

static void print_table(const struct samples *samples)
{
    char text[NUMBER_TEXT_BYTES];
    printf("image,material,shape,zone,resolved,particle_diameter_nm,dose_per_a2,defocus_nm,tilt_deg,class");
    for (int k = 0; k < FAULT_FEATURE_COUNT; k++) printf(",%s", fault_feature_name((enum fault_feature)k));
    printf("\n");
    for (size_t i = 0; i < samples->count; i++) {
        const struct sample *s = samples->items + i;
        printf("%s,%s,%s,%s,%d", s->image, s->material, s->shape, s->zone, s->resolved);
        print_number(s->diameter_nm);
        print_number(s->dose_per_a2);
        print_number(s->defocus_nm);
        print_number(s->tilt_deg);
        printf(",%s", fringe_fault_name(s->fault));
        for (int k = 0; k < FAULT_FEATURE_COUNT; k++) printf(",%s", number_text(s->features[k], 7, text));
        printf("\n");
    }
}

/* ---- rate ---- */

static double number_or_nan(const struct truth *row, const char *column)
{
    return *text_of(row, column) ? number_of(row, column) : NAN;
}

static void say(const struct forest_package *package, const struct truth *row, float *values,
                float *probabilities, struct sample *s)
{
    const struct forest *forest = package->forest;
    double ours[FRINGE_FAULT_COUNT] = {0};
    fringe_error error;
    for (uint32_t k = 0; k < forest->feature_count; k++)
        values[k] = (float)number_of(row, package->feature_names[k]);
    if (forest_package_predict(package, values, 1, NULL, probabilities, &error)) fail(&error);
    for (uint32_t k = 0; k < forest->class_count; k++) {
        fringe_fault fault = find_fault(forest->class_names[k]);
        ours[fault] = (double)probabilities[k];
        if (fringe_fault_is_seen(fault)) s->fault_probability += ours[fault];
    }
    s->undecided_probability = ours[FRINGE_FAULT_UNDECIDED];
    s->said = fault_classes_decide(ours);
    s->forced = s->fault_probability > ours[FRINGE_FAULT_NONE];
}

/* Reads a table and has every row rated. */
static void rate(const struct forest_package *package, const char *path, struct samples *samples)
{
    unsigned char *bytes;
    size_t size;
    struct csv_table *table;
    fringe_error error;
    if (!package->feature_names) {
        fprintf(stderr, "%s: names no features\n", package->path);
        exit(1);
    }
    if (file_read_all(path, CSV_READ_MOST_BYTES, &bytes, &size, &error) ||
        csv_read(bytes, size, path, &table, &error))
        fail(&error);
    float *values = alloc_array(package->forest->feature_count, sizeof *values);
    float *probabilities = alloc_array(package->forest->class_count, sizeof *probabilities);
    if (!values || !probabilities) exit(1);
    for (size_t i = 0; i < csv_table_rows(table); i++) {
        const struct truth row = {table, i};
        struct sample *s = append(samples);
        s->resolved = number_of(&row, "resolved") > 0;
        s->dose_per_a2 = number_or_nan(&row, "dose_per_a2");
        s->defocus_nm = number_or_nan(&row, "defocus_nm");
        s->diameter_nm = number_or_nan(&row, "particle_diameter_nm");
        s->tilt_deg = number_or_nan(&row, "tilt_deg");
        s->fault = find_fault(text_of(&row, "class"));
        snprintf(s->material, sizeof s->material, "%.7s", text_of(&row, "material"));
        say(package, &row, values, probabilities, s);
    }
    alloc_free(values);
    alloc_free(probabilities);
    csv_table_free(table);
    alloc_free(bytes);
}

static double dose_of(const struct sample *s)
{
    return s->dose_per_a2;
}

static double defocus_of(const struct sample *s)
{
    return fabs(s->defocus_nm);
}

static double diameter_of(const struct sample *s)
{
    return s->diameter_nm;
}

static double tilt_of_sample(const struct sample *s)
{
    return s->tilt_deg;
}

/* 1 where a simulated crystal lies anyhow; pages have no dose. */
static double is_off_zone(const struct sample *s)
{
    return isnan(s->tilt_deg) && !isnan(s->dose_per_a2);
}

/* Two-way scores of the resolved particles from low to below high, and of one material where it is given. */
static void print_two_way(const char *what, const struct samples *test,
                          double (*measure)(const struct sample *), double low, double high,
                          const char *material)
{
    int right = 0, of = 0, both = 0, truly = 0, claimed = 0;
    for (size_t i = 0; i < test->count; i++) {
        const struct sample *s = test->items + i;
        if (!s->resolved || (measure && !(measure(s) >= low && measure(s) < high))) continue;
        if (material && strcmp(material, s->material) != 0) continue;
        int is_fault = fringe_fault_is_seen(s->fault), says = fringe_fault_is_seen(s->said);
        right += s->said != FRINGE_FAULT_UNDECIDED && is_fault == says;
        both += is_fault && says;
        truly += is_fault;
        claimed += says;
        of++;
    }
    char line[64];
    if (!of) return;
    snprintf(line, sizeof line, "%s, F1 %.3f", what, truly + claimed ? 2. * both / (truly + claimed) : 0);
    print_share(line, right, of);
}

/* What the undecided ones cost: how often one would be right who had to choose, and who is where it chose. */
static void print_choices(const struct samples *test)
{
    int right[2] = {0}, of[2] = {0};
    for (size_t i = 0; i < test->count; i++) {
        const struct sample *s = test->items + i;
        if (!s->resolved) continue;
        for (int k = 0; k < 2; k++) {
            if (k && s->said == FRINGE_FAULT_UNDECIDED) continue;
            right[k] += s->forced == fringe_fault_is_seen(s->fault);
            of[k]++;
        }
    }
    print_share("fault or none, undecided ones made to choose", right[0], of[0]);
    print_share("fault or none, of those it decides", right[1], of[1]);
}

/* What it would be to say "cannot be decided" from another probability on. Claims about particles that are
 * not resolved are guesses, which cost half an error here. */
static void print_thresholds(const struct samples *test)
{
    for (int percent = 30; percent <= 100; percent += 10) {
        int right = 0, undecided = 0, of = 0, claimed = 0;
        for (size_t i = 0; i < test->count; i++) {
            const struct sample *s = test->items + i;
            int is_claimed = !(s->undecided_probability > percent / 100.);
            of += s->resolved;
            claimed += !s->resolved && is_claimed;
            undecided += s->resolved && !is_claimed;
            right += s->resolved && is_claimed && s->forced == fringe_fault_is_seen(s->fault);
        }
        printf("  undecided above %.1f: right %4d of %d resolved, %3d undecided; %3d of %d others claimed; "
               "cost %.1f\n",
               percent / 100., right, of, undecided, claimed, (int)test->count - of,
               of - right + claimed / 2.);
    }
}

static void print_strata(const struct samples *test)
{
    static const struct {
        const char *name;
        double (*measure)(const struct sample *);
        double low, high;
    } strata[] = {
        {"dose 30-100 per A2", dose_of, 0, 100},       {"dose 100-500", dose_of, 100, 500},
        {"dose above 500", dose_of, 500, INFINITY},    {"defocus below 15 nm", defocus_of, 0, 15},
        {"defocus 15-60 nm", defocus_of, 15, 60},      {"defocus above 60 nm", defocus_of, 60, INFINITY},
        {"tilt below 1 degree", tilt_of_sample, 0, 1}, {"tilt above 1 degree", tilt_of_sample, 1, 180},
        {"off any zone axis", is_off_zone, 1, 2},      {"diameter below 3.5 nm", diameter_of, 0, 3.5},
        {"diameter 3.5-5 nm", diameter_of, 3.5, 5},    {"diameter above 5 nm", diameter_of, 5, INFINITY}};
    for (size_t k = 0; k < sizeof strata / sizeof *strata; k++)
        print_two_way(strata[k].name, test, strata[k].measure, strata[k].low, strata[k].high, NULL);
    for (int k = 0; k < PHASE_COUNT; k++)
        print_two_way(phase_get(k)->name, test, NULL, 0, 0, phase_get(k)->name);
}

/* How often a fault is there where the forest says so with a probability of so much. */
static void print_calibration(const struct samples *test)
{
    for (int bin = 0; bin < 5; bin++) {
        int truly = 0, of = 0;
        double sum = 0;
        char line[64];
        for (size_t i = 0; i < test->count; i++) {
            const struct sample *s = test->items + i;
            if (!(s->fault_probability >= bin / 5. && (s->fault_probability < (bin + 1) / 5. || bin == 4)))
                continue;
            truly += fringe_fault_is_seen(s->fault);
            sum += s->fault_probability;
            of++;
        }
        snprintf(line, sizeof line, "faults where %.3f are said", of ? sum / of : 0);
        if (of) print_share(line, truly, of);
    }
}

static void print_rating(const struct samples *test)
{
    int table[FRINGE_FAULT_COUNT][FRINGE_FAULT_COUNT] = {{0}}, right = 0, of = 0, all = 0;
    for (size_t i = 0; i < test->count; i++) {
        const struct sample *s = test->items + i;
        table[s->fault][s->said]++;
        right += s->resolved && s->said == s->fault;
        of += s->resolved;
        all += s->said == s->fault;
    }
    print_share("right of five classes, all particles", all, (int)test->count);
    print_share("right class, of resolved", right, of);
    print_two_way("fault or none", test, NULL, 0, 0, NULL);
    print_choices(test);
    print_thresholds(test);
    print_strata(test);
    print_calibration(test);
    for (int t = 0; t < FRINGE_FAULT_COUNT; t++) {
        printf("  truth %-18s", fringe_fault_name((fringe_fault)t));
        for (int p = 0; p < FRINGE_FAULT_COUNT; p++) printf(" %5d", table[t][p]);
        printf("\n");
    }
}

int main(int count, char **words)
{
    struct samples samples = {0};
    fringe_error error;
    if (count > 2 && !strcmp(words[1], "table")) {
        int at = count > 4 && !strcmp(words[2], "--masks") ? 4 : 2;
        for (int i = at; i < count; i++) {
            char path[PATH_BYTES];
            const char *last = strrchr(words[i], '/');
            snprintf(path, sizeof path, "%s/%s", words[3], last ? last + 1 : words[i]);
            each_particle(&(struct source){words[i], at == 4 ? path : NULL}, see_fault, &samples);
        }
        print_table(&samples);
    } else if (count > 2 && !strcmp(words[1], "pages")) {
        for (int i = 2; i < count; i++) see_pages(words[i], &samples);
        print_table(&samples);
    } else if (count > 3 && !strcmp(words[1], "rate")) {
        struct forest_package *package;
        if (forest_package_read(words[2], &package, &error)) fail(&error);
        for (int i = 3; i < count; i++) rate(package, words[i], &samples);
        print_rating(&samples);
        forest_package_free(package);
    } else {
        fprintf(stderr, "usage: particle_faults table [--masks MASKS] FOLDER...\n"
                        "       particle_faults pages \"CLASS=STACK.tif\"...\n"
                        "       particle_faults rate PACKAGE TABLE.csv...\n");
        return 2;
    }
    alloc_free(samples.items);
    return 0;
}
