#include "crystal/lattice_match.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

/* Of a particle's spots so many are chance, so many belong to another domain of the same phase. These and the
 * next were tried on simulated particles; twice or half of each ranks one or two in a hundred otherwise. */
#define CHANCE 0.1
#define DOMAIN 0.1

/* Spots lie about their places as their standard errors say, but for a few that are far off: a Student
 * distribution of three degrees, a little wider. Crystals are strained by about half a percent besides. */
#define WIDER          1.2
#define TAIL           3.0
#define STRAIN         0.005
#define TURNED_BY      4 /* the strongest spots, which rotations are tried from */
#define SCALE_FAR_MOST 0.15

/* A spot as the search sees it. */
struct seen {
    double g[2], length, variance, trust;
};

struct pose {
    double turn[2]; /* scale times cosine and sine */
    int mirror;     /* the pattern's y is turned over first: the zone seen from behind */
    double score;
};

struct search {
    struct seen spots[LATTICE_SPOT_MOST];
    int count;
    double area, scale_spread;
    double g_least, g_most;
};

static double variance_of(const struct lattice_spot *spot, double length)
{
    double error = (spot->covariance[0] + spot->covariance[2]) / 2;
    return WIDER * WIDER * error + STRAIN * STRAIN * length * length;
}

/* How much a spot counts, by its contrast over the threshold: weak ones may be chance. Less than their number
 * on the whole, since the spots of a particle are off together. Chosen so that of simulated particles whose
 * phase is said to have a probability that part has it. */
static double trust_of(double contrast)
{
    return fmax(0.2, fmin(1.6, 0.4 + 0.4 * log2(contrast)));
}

static void begin(const struct lattice_spots *spots, double scale_spread, struct search *search)
{
    *search =
        (struct search){.count = spots->count,
                        .area = PI / 2 * (spots->g_most * spots->g_most - spots->g_least * spots->g_least),
                        .scale_spread = scale_spread,
                        .g_least = spots->g_least,
                        .g_most = spots->g_most};
    for (int i = 0; i < spots->count; i++) {
        const struct lattice_spot *spot = spots->items + i;
        double length = hypot(spot->g[0], spot->g[1]);
        search->spots[i] = (struct seen){{spot->g[0], spot->g[1]},
                                         length,
                                         variance_of(spot, length),
                                         trust_of(spot->contrast / spots->threshold)};
    }
}

static void place(const struct pose *pose, const double g[2], double to[2])
{
    double y = pose->mirror ? -g[1] : g[1];
    to[0] = pose->turn[0] * g[0] - pose->turn[1] * y;
    to[1] = pose->turn[1] * g[0] + pose->turn[0] * y;
}

/* The squared distance to the nearer of `to` and -to. */
static double distance2(const double g[2], const double to[2])
{
    double sign = g[0] * to[0] + g[1] * to[1] < 0 ? -1 : 1;
    double dx = g[0] - sign * to[0], dy = g[1] - sign * to[1];
    return dx * dx + dy * dy;
}

/* Student densities in two dimensions and in one. */
static double density_plane(double d2, double variance)
{
    return pow(1 + d2 / (TAIL * variance), -(TAIL + 2) / 2) / (2 * PI * variance);
}

static double density_line(double d, double variance)
{
    return 0.3676 / sqrt(variance) * pow(1 + d * d / (TAIL * variance), -(TAIL + 1) / 2);
}

static double scale_penalty(const struct search *search, double scale)
{
    double off = log(scale) / search->scale_spread;
    return -off * off / 2;
}

/* How likely each spot is as one of the phase's spacings, wherever it points: over half a circle. */
static void score_rings(const struct search *search, const struct phase_entry *entry, double scale,
                        double rings[LATTICE_SPOT_MOST])
{
    for (int i = 0; i < search->count; i++) {
        const struct seen *spot = search->spots + i;
        double sum = 0;
        for (size_t k = 0; k < entry->reflections.count; k++) {
            double off = spot->length - scale * entry->reflections.items[k].length;
            if (off * off < 100 * spot->variance)
                sum += entry->ring_weights[k] * density_line(off, spot->variance);
        }
        rings[i] = sum / (PI * spot->length);
    }
}

static double score_pose(const struct search *search, const struct zone_pattern *zone, const double *rings,
                         const struct pose *pose)
{
    double density[LATTICE_SPOT_MOST] = {0}, score = 0;
    for (int k = 0; k < zone->place_count; k++) {
        double to[2];
        place(pose, zone->places[k].g, to);
        for (int i = 0; i < search->count; i++) {
            double d2 = distance2(search->spots[i].g, to);
            if (d2 < 36 * search->spots[i].variance)
                density[i] += zone->places[k].weight * density_plane(d2, search->spots[i].variance);
        }
    }
    for (int i = 0; i < search->count; i++)
        score += search->spots[i].trust *
                 log(CHANCE + search->area * (DOMAIN * rings[i] + (1 - CHANCE - DOMAIN) * density[i]));
    return score + scale_penalty(search, hypot(pose->turn[0], pose->turn[1]));
}

/* A spot belongs to a place within three standard deviations. */
#define NEAR2 9.0

/* The place that a spot belongs to, -1 where there is none. */
static int nearest(const struct seen *spot, const struct zone_pattern *zone, const struct pose *pose,
                   double at[2])
{
    int found = -1;
    double least = NEAR2 * spot->variance;
    for (int k = 0; k < zone->place_count; k++) {
        double to[2], d2;
        place(pose, zone->places[k].g, to);
        d2 = distance2(spot->g, to);
        if (d2 >= least) continue;
        least = d2;
        found = k;
        memcpy(at, to, sizeof to);
    }
    return found;
}

/* Least squares of rotation and scale to the spots on the pattern, the scale held by its spread. */
static void refine(const struct search *search, const struct zone_pattern *zone, struct pose *pose)
{
    double re = 0, im = 0, norm = 0;
    for (int i = 0; i < search->count; i++) {
        const struct seen *spot = search->spots + i;
        double at[2], weight = 1 / spot->variance;
        int k = nearest(spot, zone, pose, at);
        if (k < 0) continue;
        double sign = spot->g[0] * at[0] + spot->g[1] * at[1] < 0 ? -1 : 1;
        const double *g = zone->places[k].g;
        double x = sign * g[0], y = sign * (pose->mirror ? -g[1] : g[1]);
        re += weight * (spot->g[0] * x + spot->g[1] * y);
        im += weight * (spot->g[1] * x - spot->g[0] * y);
        norm += weight * (x * x + y * y);
    }
    double length = hypot(re, im);
    if (!(length > 0)) return;
    double held = 1 / (search->scale_spread * search->scale_spread);
    double scale = (length + held) / (norm + held);
    pose->turn[0] = re / length * scale;
    pose->turn[1] = im / length * scale;
}

/* The best pose of a zone. */
static struct pose search_zone(const struct search *search, const struct zone_pattern *zone,
                               const double *rings)
{
    struct pose best = {.turn = {1, 0}, .score = -INFINITY};
    double reach = fmin(SCALE_FAR_MOST, 3 * search->scale_spread);
    int most = search->count < TURNED_BY ? search->count : TURNED_BY;
    for (int i = 0; i < most; i++)
        for (int k = 0; k < zone->place_count; k++) {
            const struct seen *spot = search->spots + i;
            const double *g = zone->places[k].g;
            double length = hypot(g[0], g[1]);
            if (zone->places[k].weight < 0.01) continue;
            if (fabs(spot->length - length) > reach * length + 6 * sqrt(spot->variance)) continue;
            for (int mirror = 0; mirror < 2; mirror++) {
                double angle = atan2(spot->g[1], spot->g[0]) - atan2(mirror ? -g[1] : g[1], g[0]);
                double scale = fmax(1 - reach, fmin(1 + reach, spot->length / length));
                struct pose pose = {.turn = {scale * cos(angle), scale * sin(angle)}, .mirror = mirror};
                refine(search, zone, &pose);
                pose.score = score_pose(search, zone, rings, &pose);
                if (pose.score > best.score) best = pose;
            }
        }
    for (int pass = 0; pass < 3 && best.score > -INFINITY; pass++) {
        struct pose pose = best;
        refine(search, zone, &pose);
        pose.score = score_pose(search, zone, rings, &pose);
        if (pose.score <= best.score) break;
        best = pose;
    }
    return best;
}

static void describe(const struct search *search, const struct zone_pattern *zone, const struct pose *pose,
                     struct lattice_match *match)
{
    double sum = 0, weight = 0, z[3];
    double scale = hypot(pose->turn[0], pose->turn[1]), c = pose->turn[0] / scale, s = pose->turn[1] / scale;
    int sign = pose->mirror ? -1 : 1;
    match->explained_count = 0;
    for (int i = 0; i < search->count; i++) {
        const struct seen *spot = search->spots + i;
        double at[2];
        if (nearest(spot, zone, pose, at) < 0) continue;
        sum += distance2(spot->g, at) / (spot->length * spot->length);
        weight += spot->length * spot->length / spot->variance;
        match->explained_count++;
    }
    match->residual = match->explained_count ? sqrt(sum / match->explained_count) : 0;
    match->scale = scale;
    double held = 1 / (search->scale_spread * search->scale_spread);
    match->scale_error = 1 / sqrt(weight + held);
    for (int k = 0; k < 3; k++) match->zone[k] = sign * zone->axis[k];
    for (int k = 0; k < 3; k++) {
        int p = (k + 1) % 3, q = (k + 2) % 3;
        z[k] = sign * (zone->x[p] * zone->y[q] - zone->x[q] * zone->y[p]);
        match->rotation[k] = c * zone->x[k] - s * sign * zone->y[k];
        match->rotation[3 + k] = s * zone->x[k] + c * sign * zone->y[k];
    }
    memcpy(match->rotation + 6, z, sizeof z);
}

static void search_phase(const struct search *search, const struct phase_list *list, int phase,
                         struct lattice_match *match)
{
    const struct phase_entry *entry = list->items + phase;
    double rings[LATTICE_SPOT_MOST];
    struct pose best = {.turn = {1, 0}, .score = -INFINITY};
    int seen = 0;
    score_rings(search, entry, 1, rings);
    for (int i = 0; i < entry->zone_count; i++) {
        struct pose pose = search_zone(search, entry->zones + i, rings);
        pose.score += log(entry->zones[i].weight);
        if (pose.score <= best.score) continue;
        best = pose;
        seen = i;
    }
    *match = (struct lattice_match){.phase = phase, .pattern = seen, .score = best.score};
    describe(search, entry->zones + seen, &best, match);
}

int lattice_match_rank(const struct lattice_spots *spots, const struct phase_list *list, double scale_spread,
                       struct lattice_match *ranked)
{
    struct search search;
    if (spots->count < 2 || list->count < 1) return 0;
    begin(spots, scale_spread, &search);
    for (int i = 0; i < list->count; i++) {
        struct lattice_match match;
        int at = i;
        search_phase(&search, list, i, &match);
        for (; at > 0 && ranked[at - 1].score < match.score; at--) ranked[at] = ranked[at - 1];
        ranked[at] = match;
    }
    double total = 0;
    for (int i = 0; i < list->count; i++)
        total += ranked[i].probability =
            isfinite(ranked[i].score) ? exp(ranked[i].score - ranked[0].score) : 0;
    for (int i = 0; i < list->count && total > 0; i++) ranked[i].probability /= total;
    return 1;
}

int lattice_match_decide(const struct lattice_match *ranked, int count, double *probability)
{
    *probability = 0;
    if (ranked->explained_count < 2) return 0;
    for (int i = 0; i < count && i < MATCH_DECIDED_MOST; i++) {
        *probability += ranked[i].probability;
        if (*probability >= MATCH_SURE) return i + 1;
    }
    return 0;
}

int lattice_match_same_zone(const struct lattice_match *a, const struct lattice_match *b)
{
    int same = 1, opposite = 1;
    for (int k = 0; k < 3; k++) {
        same &= a->zone[k] == b->zone[k];
        opposite &= a->zone[k] == -b->zone[k];
    }
    return same || opposite;
}

int lattice_match_pixel_size(const struct lattice_spots *spots, const struct phase_list *list, int phase,
                             struct lattice_match *match)
{
    struct search search;
    if (spots->count < 2) return 0;
    begin(spots, SCALE_FAR_MOST / 2, &search);
    search_phase(&search, list, phase, match);
    match->probability = 1;
    return match->explained_count >= 2 && fabs(match->scale - 1) > MATCH_PIXEL_SIZE_OFF &&
           fabs(match->scale - 1) > 2 * match->scale_error;
}

/* The indices of a spot: of the zone's places, turned into the image, the nearest one's. */
static void index_spot(const struct lattice_spot *spot, const struct zone_pattern *zone,
                       const struct lattice_match *match, int indices[3])
{
    double least = NEAR2 * variance_of(spot, hypot(spot->g[0], spot->g[1]));
    memset(indices, 0, 3 * sizeof *indices);
    for (int i = 0; i < zone->place_count; i++) {
        const struct zone_place *place = zone->places + i;
        double to[2] = {0}, d2;
        for (int k = 0; k < 3; k++) {
            double g = place->g[0] * zone->x[k] + place->g[1] * zone->y[k];
            to[0] += match->scale * match->rotation[k] * g;
            to[1] += match->scale * match->rotation[3 + k] * g;
        }
        d2 = distance2(spot->g, to);
        if (d2 >= least) continue;
        least = d2;
        int sign = spot->g[0] * to[0] + spot->g[1] * to[1] < 0 ? -1 : 1;
        for (int k = 0; k < 3; k++) indices[k] = sign * place->index[k];
    }
}

void lattice_match_index(const struct lattice_spots *spots, const struct phase_list *list,
                         const struct lattice_match *match, int indices[LATTICE_SPOT_MOST][3])
{
    const struct zone_pattern *zone = list->items[match->phase].zones + match->pattern;
    for (int i = 0; i < spots->count; i++) index_spot(spots->items + i, zone, match, indices[i]);
}
