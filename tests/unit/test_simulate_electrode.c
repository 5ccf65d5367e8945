/* Electrodes: shares of the phases, what the channels see, defects of a tomogram. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "simulate/electrode.h"

static struct recipe preset(const char *name, int size_px, int phases)
{
    struct recipe recipe;
    fringe_error error;
    cr_assert_eq(recipe_preset(name, &recipe, &error), FRINGE_OK, "%s", error.message);
    recipe.ranges[KEY_size_px] = (struct recipe_range){size_px, size_px};
    recipe.ranges[KEY_phase_count] = (struct recipe_range){phases, phases};
    recipe.ranges[KEY_grain_px] = (struct recipe_range){16, 24};
    return recipe;
}

static size_t draw(const struct recipe *recipe, uint64_t seed, struct electrode *electrode)
{
    struct rng rng = rng_from_seed(seed);
    fringe_error error;
    cr_assert_eq(electrode_draw(recipe, &rng, electrode, &error), FRINGE_OK, "%s", error.message);
    return (size_t)electrode->structure.size_px * (size_t)electrode->structure.size_px *
           (size_t)electrode->structure.depth_px;
}

/* Mean of a channel over a phase. */
static double mean_of(const struct electrode *e, size_t voxels, int channel, int phase)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < voxels; i++)
        if (e->phases[i] == phase) {
            sum += e->intensity[(size_t)channel * voxels + i];
            count++;
        }
    return sum / count;
}

Test(electrode, phases_have_their_shares)
{
    for (int phases = 2; phases <= 3; phases++) {
        struct recipe recipe = preset("battery-sem", 256, phases);
        for (uint64_t seed = 0; seed < 4; seed++) {
            struct electrode e;
            double counted[MICROSTRUCTURE_PHASE_COUNT] = {0};
            size_t voxels = draw(&recipe, seed, &e);
            cr_assert_eq(voxels, 256 * 256);
            for (size_t i = 0; i < voxels; i++) counted[e.phases[i]] += 1. / (double)voxels;
            for (int p = 0; p < MICROSTRUCTURE_PHASE_COUNT; p++)
                cr_expect_float_eq(e.share[p], counted[p], 1e-9);
            cr_expect_float_eq(counted[MICROSTRUCTURE_ACTIVE], e.values[KEY_active_share], 0.03);
            double left = 1 - counted[MICROSTRUCTURE_ACTIVE];
            cr_expect_float_eq(counted[MICROSTRUCTURE_BINDER],
                               phases == 3 ? left * e.values[KEY_binder_share] : 0, 0.002);
            electrode_clear(&e);
        }
    }
}

Test(electrode, both_channels_show_one_structure)
{
    struct recipe recipe = preset("battery-sem", 256, 3);
    struct electrode e;
    size_t voxels = draw(&recipe, 5, &e);
    cr_assert_eq(e.channel_count, 2);
    double se[3], bse[3];
    for (int p = 0; p < 3; p++) {
        se[p] = mean_of(&e, voxels, 0, p);
        bse[p] = mean_of(&e, voxels, 1, p);
    }
    /* BSE tells the materials apart; to SE binder and active material look alike beside the pore. */
    cr_expect_gt(bse[MICROSTRUCTURE_ACTIVE] - bse[MICROSTRUCTURE_BINDER], 8000);
    cr_expect_gt(bse[MICROSTRUCTURE_BINDER] - bse[MICROSTRUCTURE_PORE], 3000);
    cr_expect_gt(se[MICROSTRUCTURE_BINDER] - se[MICROSTRUCTURE_PORE], 5000);
    cr_expect_lt(fabs(se[MICROSTRUCTURE_ACTIVE] - se[MICROSTRUCTURE_BINDER]), 5000);
    electrode_clear(&e);
}

Test(electrode, binder_gathers_at_the_active_material)
{
    struct microstructure structure = {64, 64, 0.4, 0.4, 16};
    struct rng rng = rng_from_seed(3);
    size_t voxels = 64 * 64 * 64;
    uint8_t *phases = alloc_array(voxels, 1);
    cr_assert_eq(microstructure_fill(&structure, &rng, phases, NULL, NULL), FRINGE_OK);
    double beside[3] = {0}, all[3] = {0};
    for (size_t i = 64 * 64; i + 64 * 64 < voxels; i++) {
        all[phases[i]]++;
        beside[phases[i]] +=
            phases[i - 64 * 64] == MICROSTRUCTURE_ACTIVE || phases[i - 64] == MICROSTRUCTURE_ACTIVE ||
            phases[i + 64] == MICROSTRUCTURE_ACTIVE || phases[i + 64 * 64] == MICROSTRUCTURE_ACTIVE;
    }
    cr_expect_gt(beside[MICROSTRUCTURE_BINDER] / all[MICROSTRUCTURE_BINDER],
                 1.5 * beside[MICROSTRUCTURE_PORE] / all[MICROSTRUCTURE_PORE]);
    alloc_free(phases);
}

/* Rings: in the mean over a circle stands what the noise of a voxel cannot explain; in another slice others.
 */
static double ring_deviation(const struct electrode *e, int z)
{
    int n = e->structure.size_px;
    double sum[64] = {0}, count[64] = {0}, mean = 0, variance = 0;
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) {
            size_t at = ((size_t)z * n + y) * n + x;
            int ring = (int)hypot(x - (n - 1) / 2., y - (n - 1) / 2.);
            if (e->phases[at] != MICROSTRUCTURE_ACTIVE || ring >= n / 2) continue;
            sum[ring] += e->intensity[at];
            count[ring]++;
        }
    for (int r = n / 4; r < n / 2; r++) mean += sum[r] / count[r] / (n / 4);
    for (int r = n / 4; r < n / 2; r++) variance += pow(sum[r] / count[r] - mean, 2) / (n / 4);
    return sqrt(variance);
}

Test(electrode, tomograms_have_rings_and_cups)
{
    struct recipe recipe = preset("nano-ct", 64, 3);
    recipe.ranges[KEY_noise] = (struct recipe_range){0.02, 0.02};
    recipe.ranges[KEY_blur_px] = recipe.ranges[KEY_cupping] = (struct recipe_range){0, 0};
    double deviation[2];
    for (int with = 0; with < 2; with++) {
        struct electrode e;
        recipe.ranges[KEY_rings] = (struct recipe_range){0.1 * with, 0.1 * with};
        draw(&recipe, 2, &e);
        cr_assert_eq(e.channel_count, 1);
        cr_assert_eq(e.structure.depth_px, 64);
        deviation[with] = ring_deviation(&e, 20);
        electrode_clear(&e);
    }
    cr_expect_lt(deviation[0], 400);
    cr_expect(deviation[1] > 1200 && deviation[1] < 4500, "%g", deviation[1]);
    struct electrode e;
    recipe.ranges[KEY_rings] = (struct recipe_range){0, 0};
    recipe.ranges[KEY_cupping] = (struct recipe_range){0.2, 0.2};
    size_t voxels = draw(&recipe, 2, &e);
    double middle = 0, corner = 0, count[2] = {0};
    for (size_t i = 0; i < voxels; i++) {
        double r = hypot((double)(i % 64) - 31.5, (double)(i / 64 % 64) - 31.5);
        if (e.phases[i] != MICROSTRUCTURE_ACTIVE || (r > 10 && r < 35)) continue;
        *(r <= 10 ? &middle : &corner) += e.intensity[i];
        count[r > 10]++;
    }
    cr_expect_float_eq(corner / count[1] - middle / count[0], 30000 * 0.2 * 0.75, 1000);
    electrode_clear(&e);
}

Test(electrode, refuses_what_is_too_large_and_ends_with_memory)
{
    struct recipe recipe = preset("nano-ct", 4096, 3);
    struct rng rng = rng_from_seed(1);
    struct electrode e;
    fringe_error error;
    cr_expect_eq(electrode_draw(&recipe, &rng, &e, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "4096^3") && strstr(error.message, "268435456"), "%s", error.message);
    recipe = preset("nano-ct", 32, 3);
    for (int n = 0, failures = 1; failures; n++) {
        rng = rng_from_seed(1);
        alloc_fail_after(n);
        fringe_status status = electrode_draw(&recipe, &rng, &e, &error);
        alloc_fail_after(-1);
        cr_assert(status == FRINGE_OK || status == FRINGE_MEMORY);
        failures = status != FRINGE_OK;
        cr_assert(n < 30 && (n > 5 || failures));
        electrode_clear(&e);
    }
}
