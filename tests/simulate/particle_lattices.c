/* particle_lattices.c - how well lattices of simulated particles are found.
 *
 *     particle_lattices FOLDER...
 *
 * Folders are those of `fringe simulate`. Particles are the connected pixels of the true masks, so that no
 * segmentation is judged; one that touches another or is cut by the image's edge into pieces is left out.
 * Spacings, their intervals and the phases are held against the truth; of multiply twinned particles, which
 * are several crystals, the phase alone. Run it by hand: its figures go into documents, not into a test's
 * verdict.
 */
#include "crystal/lattice_match.h"
#include "simulate/simulated_particles.h"

enum { ERRORS_MOST = 200000, REFLECTIONS_MOST = 2000 };

struct phase_score {
    int resolved, with_spots, first, named, named_right, one, one_right, two;
};

struct lattice_score {
    struct phase_list list;
    struct phase_score single, twinned;
    int particles, spots, spots_covered, bases, bases_covered;
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

static void judge_phase(const struct phase_list *list, const struct lattice_spots *spots,
                        const char *material, struct phase_score *score)
{
    struct lattice_match ranked[PHASE_LIST_MOST];
    score->resolved++;
    if (!lattice_match_rank(spots, list, MATCH_SCALE_SPREAD, ranked)) return;
    score->with_spots++;
    double probability;
    int count = lattice_match_decide(ranked, list->count, &probability), right = 0;
    for (int i = 0; i < count; i++) right |= !strcmp(list->items[ranked[i].phase].cell.name, material);
    score->first += !strcmp(list->items[ranked[0].phase].cell.name, material);
    score->named += count > 0;
    score->named_right += right;
    score->one += count == 1;
    score->one_right += count == 1 && right;
    score->two += count == 2;
}

static void judge_spacings(struct lattice_score *score, const struct lattice_spots *spots, double length,
                           const struct truth *truth)
{
    struct known known[REFLECTIONS_MOST];
    const char *material = text_of(truth, "material");
    int count = list_known(score->list.items + phase_find(material), truth, known);
    for (int i = 0; i < spots->count; i++) {
        const struct lattice_spot *spot = spots->items + i;
        const struct known *at = find_known(known, count, spot->g, length);
        if (!at || score->spots == ERRORS_MOST) continue;
        score->errors[score->spots++] = fabs(spot->d * at->length - 1);
        score->spots_covered += fabs(spot->d - 1 / at->length) < 1.96 * spot->d_error;
    }
    const double *bases[2] = {spots->net.a, spots->net.b};
    double lengths[2] = {spots->net.length_a, spots->net.length_b};
    double errors[2] = {spots->net.length_a_error, spots->net.length_b_error};
    for (int k = 0; k < 2 && spots->has_net; k++) {
        const struct known *at = find_known(known, count, bases[k], length);
        if (!at) continue;
        score->bases++;
        score->bases_covered += fabs(lengths[k] - at->length) < 1.96 * errors[k];
    }
}

static void see_lattice(void *context, const struct truth *truth, const struct lattice_region *region)
{
    struct lattice_score *score = context;
    struct lattice_spectrum *spectrum;
    struct lattice_spots spots;
    const char *material = text_of(truth, "material"), *shape = text_of(truth, "shape");
    int is_twinned = !strcmp(shape, "decahedron") || !strcmp(shape, "icosahedron");
    if (lattice_spectrum_create(region, &spectrum, NULL)) return;
    score->particles += !is_twinned;
    if (number_of(truth, "resolved") > 0) {
        lattice_spots_find(spectrum, &spots);
        if (!is_twinned) judge_spacings(score, &spots, spectrum->length, truth);
        judge_phase(&score->list, &spots, material, is_twinned ? &score->twinned : &score->single);
    }
    lattice_spectrum_free(spectrum);
}

static void print_phases(const struct phase_score *score)
{
    print_share("two spots or more, of resolved", score->with_spots, score->resolved);
    print_share("right phase first of all, of resolved", score->first, score->resolved);
    print_share("named (one to three phases), of resolved", score->named, score->resolved);
    print_share("right one among them, of resolved", score->named_right, score->resolved);
    print_share("right one among them, of named", score->named_right, score->named);
    print_share("one phase named, of named", score->one, score->named);
    print_share("two phases named, of named", score->two, score->named);
    print_share("right phase, where one is named", score->one_right, score->one);
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(int count, char **folders)
{
    struct lattice_score *score = alloc_array(1, sizeof *score);
    fringe_error error;
    if (count < 2) {
        fprintf(stderr, "usage: particle_lattices FOLDER...\n");
        return 2;
    }
    if (!score || phase_list_built_in(&score->list, &error)) fail(&error);
    for (int i = 1; i < count; i++) each_particle(&(struct source){folders[i], NULL}, see_lattice, score);
    qsort(score->errors, (size_t)score->spots, sizeof *score->errors, by_size);
    print_share("resolved single crystals, of all", score->single.resolved, score->particles);
    printf("%-44s %.4f (%d spots)\n", "median relative error of d",
           score->spots ? score->errors[score->spots / 2] : 0, score->spots);
    print_share("d within 1.96 errors, of spots", score->spots_covered, score->spots);
    print_share("basis vector within 1.96 errors", score->bases_covered, score->bases);
    print_phases(&score->single);
    printf("multiply twinned:\n");
    print_phases(&score->twinned);
    phase_list_clear(&score->list);
    alloc_free(score);
    return 0;
}
