/* Fault features on analytic lattices: a glide, a twin, none; and what must not matter. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "faults/fault_features.h"
#include "faults/published_features.h"
#include "support/faulted_disc.h"

enum { SIDE = 220 };

struct picture {
    float pixels[SIDE * SIDE];
    uint8_t mask[SIDE * SIDE];
};

static struct picture *picture;

static void take(void)
{
    picture = alloc_array(1, sizeof *picture);
    cr_assert(picture);
}

static void give_back(void)
{
    alloc_free(picture);
}

TestSuite(features, .init = take, .fini = give_back);

/* The fault is at right angles to the first {111}, `offset` from the middle. */
static void draw(enum faulted_disc_kind kind, double angle_deg, double offset, double noise)
{
    struct rng rng = rng_from_seed(77);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double dx = x - 109.7, dy = y - 110.2, value = 900 + 0.4 * y;
            value += faulted_disc_value(kind, angle_deg, offset, dx, dy);
            picture->pixels[y * SIDE + x] = (float)(value + noise * rng_normal(&rng));
            picture->mask[y * SIDE + x] = dx * dx + dy * dy < FAULTED_DISC_RADIUS * FAULTED_DISC_RADIUS;
        }
}

static struct lattice_region region(void)
{
    return (struct lattice_region){picture->pixels, picture->mask, SIDE, SIDE, 0, 0};
}

static void compute(double *features, struct fault_findings *findings)
{
    struct lattice_region seen = region();
    fringe_error error;
    cr_assert_eq(fault_features_compute(&seen, features, findings, &error), FRINGE_OK, "%s", error.message);
    for (int i = 0; i < FAULT_FEATURE_COUNT; i++)
        cr_assert(isfinite(features[i]), "%s", fault_feature_name((enum fault_feature)i));
}

static double angle_between(const double n[2], double angle_deg)
{
    double off = fmod(atan2(n[1], n[0]) * 180 / M_PI - angle_deg + 720, 180);
    return fmin(off, 180 - off);
}

Test(features, a_perfect_crystal_has_no_line)
{
    double f[FAULT_FEATURE_COUNT];
    draw(DISC_PERFECT, 20, 0, 20);
    compute(f, NULL);
    cr_expect_geq(f[FEATURE_spot_count], 3);
    cr_expect_eq(f[FEATURE_indexed_share], 1);
    cr_expect_lt(f[FEATURE_glide_1_share], 0.01, "%g", f[FEATURE_glide_1_share]);
    cr_expect_lt(f[FEATURE_glide_1_evidence], log1p(12), "%g", f[FEATURE_glide_1_evidence]);
    cr_expect_eq(f[FEATURE_twin_1_strength], 0);
    cr_expect_lt(f[FEATURE_twin_1_evidence], 0, "%g", f[FEATURE_twin_1_evidence]);
    cr_expect_leq(f[FEATURE_third_evidence], f[FEATURE_glide_1_evidence]);
    cr_expect_gt(f[FEATURE_jump_far_coherence], 0.97, "%g", f[FEATURE_jump_far_coherence]);
    cr_expect_lt(f[FEATURE_jump_far_share], 0.1, "%g", f[FEATURE_jump_far_share]);
    cr_expect_gt(f[FEATURE_domain_overlap], 0.97, "%g", f[FEATURE_domain_overlap]);
    cr_expect_lt(f[FEATURE_domain_count], 1.05, "%g", f[FEATURE_domain_count]);
    cr_expect_gt(f[FEATURE_domain_order_least], 0.95, "%g", f[FEATURE_domain_order_least]);
}

Test(features, a_glide_is_a_jump_of_a_third_across_its_plane)
{
    static const double offsets[] = {0, 25, -30};
    for (int i = 0; i < 3; i++) {
        double f[FAULT_FEATURE_COUNT];
        struct fault_findings findings;
        draw(DISC_GLIDE, 20 + 31 * i, offsets[i], 20);
        compute(f, &findings);
        const struct fault_line *line = findings.lines.glides;
        double sign = cos((20 + 31 * i) * M_PI / 180) * line->normal[0] +
                                  sin((20 + 31 * i) * M_PI / 180) * line->normal[1] >
                              0
                          ? 1
                          : -1;
        cr_expect_lt(angle_between(line->normal, 20 + 31 * i), 2);
        cr_expect_float_eq(sign * line->offset, offsets[i], 4, "%g, not %g", sign * line->offset, offsets[i]);
        cr_expect_gt(f[FEATURE_glide_1_third], 0.9, "%g", f[FEATURE_glide_1_third]);
        cr_expect_gt(f[FEATURE_glide_1_strength], 0.9, "%g", f[FEATURE_glide_1_strength]);
        cr_expect_gt(f[FEATURE_glide_1_share], 0.2, "%g", f[FEATURE_glide_1_share]);
        cr_expect_lt(f[FEATURE_glide_1_next], 0.05, "%g", f[FEATURE_glide_1_next]);
        cr_expect_gt(f[FEATURE_glide_1_evidence], log1p(400));
        cr_expect_gt(f[FEATURE_glide_1_evidence], f[FEATURE_twin_1_evidence]);
        cr_expect_lt(f[FEATURE_glide_2_share], 0.01, "%g", f[FEATURE_glide_2_share]);
        cr_expect_float_eq(f[FEATURE_third_evidence], f[FEATURE_glide_1_evidence], 0.1,
                           "the best is a third");
        cr_expect_lt(f[FEATURE_third_next_evidence], 3, "%g", f[FEATURE_third_next_evidence]);
        cr_expect_lt(f[FEATURE_jump_near_coherence], 0.5, "%g", f[FEATURE_jump_near_coherence]);
        cr_expect_gt(f[FEATURE_jump_far_share], 0.25, "%g", f[FEATURE_jump_far_share]);
    }
}

/* The line leaves one side 8 % of the disc. */
Test(features, a_glide_near_the_rim_is_found)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        double f[FAULT_FEATURE_COUNT];
        struct fault_findings findings;
        draw(DISC_GLIDE, 33, sign * 66, 20);
        compute(f, &findings);
        const struct fault_line *line = findings.lines.glides;
        cr_expect_lt(angle_between(line->normal, 33), 2);
        cr_expect_float_eq(fabs(line->offset), 66, 4, "%g", line->offset);
        cr_expect_gt(f[FEATURE_glide_1_evidence], log1p(100), "%g", f[FEATURE_glide_1_evidence]);
    }
}

/* A square of seven spacings, as patches are cut out, whose last column has moved: that is no plane. */
Test(features, a_line_has_a_layer_on_either_side)
{
    double f[FAULT_FEATURE_COUNT];
    struct fault_findings findings;
    struct rng rng = rng_from_seed(9);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double turn = x > 196 ? 1. / 3 : 0;
            double value = cos(2 * M_PI * x / 30) + cos(2 * M_PI * (y / 30. + turn)) + 0.2 * rng_normal(&rng);
            picture->pixels[y * SIDE + x] = (float)value;
        }
    memset(picture->mask, 1, sizeof picture->mask);
    compute(f, &findings);
    for (int k = 0; k < findings.lines.normal_count; k++) {
        const struct fault_line *line = findings.lines.glides + k;
        cr_expect_gt(line->extent - fabs(line->offset), 29, "%g of %g", line->offset, line->extent);
    }
    cr_expect_gt(findings.lines.normal_count, 1);
}

/* Wurtzite along <11-20>: layers in y, of which the fault puts one in and glides by a third besides; that
 * turns waves with an odd number across by 60 degrees, others by 120. */
Test(features, a_growth_fault_glides_and_puts_a_layer_in)
{
    double f[FAULT_FEATURE_COUNT];
    struct fault_findings findings;
    struct rng rng = rng_from_seed(7);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double dx = x - 110, dy = y - 110, value = 500 + 10 * rng_normal(&rng);
            int behind = dy > 12, inside = dx * dx + dy * dy < 90 * 90;
            value += inside * 20 * cos(2 * M_PI * dy / 10);
            for (int across = -2; across <= 2; across++) {
                double turn = behind ? (across % 2 ? -1. / 6 : 1. / 3) : 0;
                value += inside * 10 * cos(2 * M_PI * (dx / 11 + across * dy / 20 + turn));
            }
            picture->pixels[y * SIDE + x] = (float)value;
            picture->mask[y * SIDE + x] = (uint8_t)inside;
        }
    compute(f, &findings);
    cr_expect_lt(angle_between(findings.lines.glides->normal, 90), 2);
    cr_expect_float_eq(fabs(findings.lines.glides->offset), 12, 3);
    cr_expect_gt(f[FEATURE_glide_1_third], 0.9, "%g", f[FEATURE_glide_1_third]);
    cr_expect_gt(f[FEATURE_glide_1_strength], 0.9, "%g", f[FEATURE_glide_1_strength]);
}

/* Rows that lean further and further, as where a crystal bends: between whole sides that is a glide. */
Test(features, a_slow_turn_is_no_jump)
{
    double bent[FAULT_FEATURE_COUNT], glide[FAULT_FEATURE_COUNT];
    struct rng rng = rng_from_seed(11);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double dx = x - 110, dy = y - 110, turn = 0.5 * (dy / 90) * (dy / 90);
            double value = 500 + 10 * rng_normal(&rng);
            for (int across = -1; across <= 1; across++)
                value += 15 * cos(2 * M_PI * (dx / 11 + across * dy / 10 + turn));
            picture->pixels[y * SIDE + x] = (float)(value + 15 * cos(2 * M_PI * dy / 10));
            picture->mask[y * SIDE + x] = dx * dx + dy * dy < 90 * 90;
        }
    compute(bent, NULL);
    draw(DISC_GLIDE, 90, 0, 10);
    compute(glide, NULL);
    cr_expect_gt(bent[FEATURE_glide_1_evidence], log1p(100), "%g", bent[FEATURE_glide_1_evidence]);
    cr_expect_gt(bent[FEATURE_jump_near_coherence], 0.85, "%g", bent[FEATURE_jump_near_coherence]);
    cr_expect_lt(bent[FEATURE_jump_near_share], 0.2 * glide[FEATURE_jump_near_share], "%g",
                 bent[FEATURE_jump_near_share]);
}

/* One lattice, and a disc of as many sectors as there are lattices, each turned on by a third of 90 degrees.
 */
Test(features, domains_are_counted)
{
    double before = 0;
    for (int count = 1; count <= 3; count++) {
        double f[FAULT_FEATURE_COUNT];
        struct rng rng = rng_from_seed(3);
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++) {
                double dx = x - 110, dy = y - 110, value = 500 + 10 * rng_normal(&rng);
                int sector = (int)floor((atan2(dy, dx) / (2 * M_PI) + 0.5) * count) % count;
                double angle = M_PI / 6 * sector, u = dx * cos(angle) + dy * sin(angle),
                       v = dy * cos(angle) - dx * sin(angle);
                picture->pixels[y * SIDE + x] =
                    (float)(value + 20 * cos(2 * M_PI * u / 9) + 20 * cos(2 * M_PI * v / 9));
                picture->mask[y * SIDE + x] = dx * dx + dy * dy < 90 * 90;
            }
        compute(f, NULL);
        cr_expect_gt(f[FEATURE_domain_power_count], before + 0.7, "%d: %g after %g", count,
                     f[FEATURE_domain_power_count], before);
        before = f[FEATURE_domain_power_count];
        cr_expect_lt(f[FEATURE_domain_power_count], count + 0.2, "%d: %g", count, before);
        if (count > 1) cr_expect_lt(f[FEATURE_domain_overlap], 0.7, "%g", f[FEATURE_domain_overlap]);
        if (count > 1) cr_expect_lt(f[FEATURE_domain_correlation], 0, "%g", f[FEATURE_domain_correlation]);
    }
}

Test(features, a_twin_exchanges_reflections_across_its_plane)
{
    static const double offsets[] = {0, 25, -30};
    for (int i = 0; i < 3; i++) {
        double f[FAULT_FEATURE_COUNT];
        struct fault_findings findings;
        draw(DISC_TWIN, 65 - 31 * i, offsets[i], 20);
        compute(f, &findings);
        const struct fault_line *line = findings.lines.twins;
        double angle = (65 - 31 * i) * M_PI / 180;
        double sign = cos(angle) * line->normal[0] + sin(angle) * line->normal[1] > 0 ? 1 : -1;
        cr_expect_lt(angle_between(line->normal, 65 - 31 * i), 2);
        cr_expect_float_eq(sign * line->offset, offsets[i], 7, "%g, not %g", sign * line->offset, offsets[i]);
        cr_expect_gt(f[FEATURE_twin_1_strength], 0.9, "%g", f[FEATURE_twin_1_strength]);
        cr_expect_gt(f[FEATURE_twin_1_share], 0.5, "%g", f[FEATURE_twin_1_share]);
        cr_expect_gt(f[FEATURE_twin_1_evidence], log1p(400));
        cr_expect_lt(f[FEATURE_twin_2_evidence], 0, "%g", f[FEATURE_twin_2_evidence]);
    }
}

/* Where the features of two pictures must agree: those of signal over noise as far as noise allows. */
static void agree(const double *f, const double *g, double least, const char *what)
{
    for (int i = 0; i < FEATURE_published_ring_mean; i++) {
        const char *name = fault_feature_name((enum fault_feature)i);
        double tolerance = least * fmax(0.3, fmax(fabs(f[i]), fabs(g[i])));
        cr_expect_float_eq(f[i], g[i], tolerance, "%s: %s %g, %g", what, name, f[i], g[i]);
    }
}

Test(features, gain_offset_light_and_crop_do_not_matter)
{
    static float large[(SIDE + 60) * (SIDE + 90)];
    static uint8_t large_mask[(SIDE + 60) * (SIDE + 90)];
    double f[FAULT_FEATURE_COUNT], g[FAULT_FEATURE_COUNT];
    for (int kind = DISC_PERFECT; kind <= DISC_TWIN; kind++) {
        draw((enum faulted_disc_kind)kind, 20, 10, 15);
        compute(f, NULL);
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++) {
                size_t to = (size_t)(y + 40) * (SIDE + 90) + (size_t)(x + 70);
                large[to] = 3 * picture->pixels[y * SIDE + x] + 0.01f * (float)(x * x) - 500;
                large_mask[to] = picture->mask[y * SIDE + x];
            }
        struct lattice_region seen = {large, large_mask, SIDE + 60, SIDE + 90, 0, 0};
        cr_assert_eq(fault_features_compute(&seen, g, NULL, NULL), FRINGE_OK);
        agree(f, g, 0.02, "light and crop");
    }
}

/* Turned, the same noise falls on other places of the lattice: it sets the tolerances. */
Test(features, turning_does_not_matter)
{
    static const struct {
        enum fault_feature feature;
        double tolerance;
    } cases[] = {{FEATURE_first_contrast, 0.8},  {FEATURE_crystal_share, 0.03},
                 {FEATURE_size_spacings, 0.5},   {FEATURE_ring_count, 1},
                 {FEATURE_fold_4, 0.05},         {FEATURE_fold_10, 0.05},
                 {FEATURE_streak_glide, 0.6},    {FEATURE_glide_1_share, 0.04},
                 {FEATURE_twin_1_share, 0.08},   {FEATURE_jump_far_coherence, 0.08},
                 {FEATURE_domain_overlap, 0.04}, {FEATURE_domain_power_count, 0.1},
                 {FEATURE_domain_order, 0.05}};
    double f[FAULT_FEATURE_COUNT], g[FAULT_FEATURE_COUNT];
    for (int kind = DISC_PERFECT; kind <= DISC_TWIN; kind++)
        for (int i = 0; i < 3; i++) {
            draw((enum faulted_disc_kind)kind, 10, 10, 10);
            compute(f, NULL);
            draw((enum faulted_disc_kind)kind, 47 + 50 * i, 10, 10);
            compute(g, NULL);
            for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
                cr_expect_float_eq(f[cases[k].feature], g[cases[k].feature], cases[k].tolerance,
                                   "kind %d, turned to %d: %s %g, %g", kind, 47 + 50 * i,
                                   fault_feature_name(cases[k].feature), f[cases[k].feature],
                                   g[cases[k].feature]);
        }
}

Test(features, without_a_window_all_pixels_count_alike_and_none_alone)
{
    struct lattice_spectrum *windowed, *bare;
    struct lattice_region seen = region();
    double sum2 = 0, most = 0;
    draw(DISC_PERFECT, 20, 0, 20);
    picture->pixels[110 * SIDE + 110] += 2000; /* an X-ray */
    cr_assert_eq(lattice_spectrum_create(&seen, &windowed, NULL), FRINGE_OK);
    cr_assert_eq(lattice_spectrum_unwindow(windowed, &bare, NULL), FRINGE_OK);
    cr_expect_eq(bare->weight, bare->weight2);
    cr_expect_gt(bare->weight, 0.9 * M_PI * FAULTED_DISC_RADIUS * FAULTED_DISC_RADIUS);
    cr_expect_gt(bare->length, 1.05 * windowed->length, "%g, %g", bare->length, windowed->length);
    for (int i = 0; i < bare->height_px * bare->width_px; i++) {
        sum2 += bare->weighted[i] * bare->weighted[i];
        most = fmax(most, bare->weighted[i] * bare->weighted[i]);
    }
    cr_expect_float_eq(sum2, 1, 1e-9);
    cr_expect_lt(most, 0.003, "%g", most);
    lattice_spectrum_free(windowed);
    lattice_spectrum_free(bare);
}

/* A disc of noise and of `count` waves of period 9 px in as many directions. */
static void draw_waves(int count, double amplitude)
{
    struct rng rng = rng_from_seed(5);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double dx = x - 110, dy = y - 110, value = 10 * rng_normal(&rng);
            for (int k = 0; k < count; k++) {
                double angle = M_PI * k / count;
                value += amplitude * cos(2 * M_PI * (dx * cos(angle) + dy * sin(angle)) / 9 + k);
            }
            picture->pixels[y * SIDE + x] = (float)(500 + value);
            picture->mask[y * SIDE + x] = dx * dx + dy * dy < 40 * 40;
        }
}

Test(features, noise_stands_out_as_often_as_noise_does)
{
    double f[FAULT_FEATURE_COUNT];
    draw_waves(0, 0);
    compute(f, NULL);
    cr_expect_eq(f[FEATURE_spot_count], 0);
    cr_expect_float_eq(f[FEATURE_share_8], 1. / 256, 0.003, "%g", f[FEATURE_share_8]);
    cr_expect_float_eq(f[FEATURE_ring_spread], 1, 0.1, "%g", f[FEATURE_ring_spread]);
    cr_expect_lt(f[FEATURE_ring_rise], 1.5, "%g", f[FEATURE_ring_rise]);
    cr_expect_leq(f[FEATURE_peak_3], f[FEATURE_peak_2]);
    cr_expect_gt(f[FEATURE_peak_3], log2(1 + 4));
}

/* As in a particle of many domains: none of the waves is a spot, but their ring stands out. */
Test(features, waves_too_weak_for_spots_are_seen_in_their_ring)
{
    double noise[FAULT_FEATURE_COUNT], f[FAULT_FEATURE_COUNT];
    draw_waves(0, 0);
    compute(noise, NULL);
    draw_waves(9, 0.9);
    compute(f, NULL);
    cr_expect_eq(f[FEATURE_spot_count], 0, "%g", f[FEATURE_spot_count]);
    cr_expect_gt(f[FEATURE_ring_rise], noise[FEATURE_ring_rise] + 0.5, "%g, noise %g", f[FEATURE_ring_rise],
                 noise[FEATURE_ring_rise]);
    cr_expect_gt(f[FEATURE_share_8], noise[FEATURE_share_8], "%g", f[FEATURE_share_8]);
    cr_expect_gt(f[FEATURE_peak_3], noise[FEATURE_peak_3], "%g, noise %g", f[FEATURE_peak_3],
                 noise[FEATURE_peak_3]);
}

Test(features, strength_does_not_grow_with_the_dose)
{
    static const double noises[] = {10, 20, 30};
    for (int kind = DISC_GLIDE; kind <= DISC_TWIN; kind++)
        for (int i = 0; i < 3; i++) {
            double f[FAULT_FEATURE_COUNT], clean[FAULT_FEATURE_COUNT];
            enum fault_feature change =
                kind == DISC_GLIDE ? FEATURE_glide_1_strength : FEATURE_twin_1_strength;
            enum fault_feature evidence =
                kind == DISC_GLIDE ? FEATURE_glide_1_evidence : FEATURE_twin_1_evidence;
            draw((enum faulted_disc_kind)kind, 20, 10, 5);
            compute(clean, NULL);
            draw((enum faulted_disc_kind)kind, 20, 10, noises[i]);
            compute(f, NULL);
            cr_expect_float_eq(f[change], clean[change], 0.1, "kind %d, noise %g: %g, %g", kind, noises[i],
                               f[change], clean[change]);
            cr_expect_lt(f[evidence], clean[evidence]); /* this does: noise hides what is there */
        }
}

Test(features, what_has_no_lattice_has_zeros)
{
    double f[FAULT_FEATURE_COUNT];
    draw(DISC_PERFECT, 0, 0, 0);
    memset(picture->mask, 0, sizeof picture->mask);
    picture->mask[5000] = 1; /* one pixel */
    compute(f, NULL);
    cr_expect_eq(f[FEATURE_spot_count] + f[FEATURE_glide_1_evidence] + f[FEATURE_net_angle_deg], 0);
    memset(picture->mask, 1, sizeof picture->mask);
    for (int i = 0; i < SIDE * SIDE; i++) picture->pixels[i] = NAN;
    compute(f, NULL);
    for (int i = 0; i < FAULT_FEATURE_COUNT; i++) cr_expect_eq(f[i], 0);
    fringe_error error;
    struct lattice_region seen = region();
    memset(picture->mask, 0, sizeof picture->mask);
    cr_expect_eq(fault_features_compute(&seen, f, NULL, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "no pixel"), "%s", error.message);
}

Test(features, names_are_all_different)
{
    for (int i = 0; i < FAULT_FEATURE_COUNT; i++)
        for (int k = 0; k < i; k++)
            cr_expect_str_neq(fault_feature_name((enum fault_feature)i),
                              fault_feature_name((enum fault_feature)k));
}

Test(features, a_lack_of_memory_is_survived)
{
    double f[FAULT_FEATURE_COUNT];
    struct lattice_region seen = region();
    draw(DISC_TWIN, 20, 0, 20);
    fringe_status status = FRINGE_MEMORY;
    int refused = 0;
    for (long n = 0; status == FRINGE_MEMORY && n < 200; n++, refused++) {
        alloc_fail_after(n);
        status = fault_features_compute(&seen, f, NULL, NULL);
        alloc_fail_after(-1);
    }
    cr_expect_eq(status, FRINGE_OK);
    cr_expect_gt(refused, 10);
}

/* A single wave of n periods lies on ring n: the centre of mass is there but for the plateau's width. */
Test(published, rings_are_where_the_wave_is)
{
    enum { N = 120 };
    static float pixels[N * N];
    double f[PUBLISHED_FEATURE_COUNT];
    for (int i = 0; i < N * N; i++) pixels[i] = (float)(5 + 2 * cos(2 * M_PI * 30 * (i % N) / N));
    struct lattice_region seen = {pixels, NULL, N, N, 0, 0};
    cr_assert_eq(published_features_compute(&seen, f, NULL), FRINGE_OK);
    cr_expect_float_eq(f[2], 5, 1e-5);
    cr_expect_float_eq(f[3], sqrt(2), 1e-5);
    /* Zero frequency holds 5 N^2 on ring 0 and up, of which half of the plateau is there; the wave 2 N^2. */
    cr_expect(f[4] > 10 && f[4] < 25, "%g", f[4]);
    for (int i = 0; i < N * N; i++) pixels[i] -= 5;
    cr_assert_eq(published_features_compute(&seen, f, NULL), FRINGE_OK);
    cr_expect_float_eq(f[4], 30, 0.1, "%g", f[4]);
    /* The plateau and half of each flank weigh 10 in all: the sum over rings is 10 times the modulus. */
    cr_expect_float_eq(f[0] * 100, 10 * 2. * N * N, 0.01 * 20 * N * N, "%g", f[0] * 100);
}
