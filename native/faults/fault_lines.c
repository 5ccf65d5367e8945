#include "faults/fault_lines.h"

#include "faults/line_search.h"

/* Layers on either side that a local jump is looked for in: a fault beside the rim, and one inside. */
#define JUMP_NEAR 1.2
#define JUMP_FAR  4.2

double fault_line_offset(const struct line_profile *profile, int place)
{
    return profile->extent * (2. * (place + 1) / LINE_PLACES - 1);
}

void fault_line_put(const struct line_profile *profile, int place, struct fault_line *line)
{
    line->offset = fault_line_offset(profile, place);
    line->length = (profile->length[place] + profile->length[place + 1]) / 2;
}

static struct fault_line begin(const struct line_profile *profile)
{
    return (struct fault_line){.normal = {profile->normal[0], profile->normal[1]},
                               .extent = profile->extent,
                               .layer = profile->layer};
}

static void sort_in(struct fault_line *list, int count, struct fault_line line)
{
    int at = count;
    for (; at > 0 && list[at - 1].gain < line.gain; at--) list[at] = list[at - 1];
    list[at] = line;
}

fringe_status fault_lines_find(const struct lattice_spectrum *spectrum, const struct lattice_spots *spots,
                               struct fault_lines *lines, fringe_error *error)
{
    struct line_profiles *profiles = NULL;
    *lines = (struct fault_lines){0};
    if (spots->count == 0) return FRINGE_OK;
    fringe_status status = line_profiles_create(spectrum, spots, &profiles, error);
    for (int k = 0; !status && k < profiles->normal_count; k++) {
        struct fault_line glide = begin(profiles->items + k), twin = glide;
        status = glide_line_find(profiles, k, &glide, error);
        line_profiles_mirror(profiles, k);
        if (!status) status = twin_line_find(profiles, k, &twin, error);
        if (status) break;
        sort_in(lines->glides, k, glide);
        sort_in(lines->twins, k, twin);
        lines->normal_count = k + 1;
    }
    if (!status) lines->jump_near = line_jumps_find(profiles, JUMP_NEAR);
    if (!status) lines->jump_far = line_jumps_find(profiles, JUMP_FAR);
    if (!status) status = lattice_domains_measure(profiles, &lines->domains, error);
    line_profiles_free(profiles);
    return status;
}
