#include "crystal/phase_list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

/* A reflection is seen the likelier the stronger it is, and the less a microscope damps its frequency; the
 * first a little less than in proportion, since a lens may pass a weak one and lose a strong one. Two of
 * STRONG_LEAST or more make a third, which counts as one of SECOND_INTENSITY. Tried on simulated particles.
 */
#define DAMPING_PER_NM   7.0
#define OF_INTENSITY     0.8
#define STRONG_LEAST     0.05
#define SECOND_INTENSITY 0.01
enum { STRONG_MOST = 24, SECOND_MOST = STRONG_MOST * (STRONG_MOST + 1) };

/* A zone of so many places has one near every spot without them, and looking among them takes long. */
enum { DENSE_LEAST = 1000 };

static double visibility(double intensity, double g)
{
    return pow(intensity, OF_INTENSITY) * exp(-g * g / (2 * DAMPING_PER_NM * DAMPING_PER_NM));
}

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static int greatest_divisor(int a, int b)
{
    while (b) {
        int rest = a % b;
        a = b;
        b = rest;
    }
    return abs(a);
}

/* The plane's axes: x along its shortest reflection. */
static void set_axes(struct zone_pattern *zone, const struct cell *cell, const double *shortest)
{
    double w[3] = {0}, length = sqrt(dot(shortest, shortest)), norm;
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 3; i++) w[i] += zone->axis[k] * cell->vectors[k][i];
    norm = sqrt(dot(w, w));
    for (int k = 0; k < 3; k++) zone->x[k] = shortest[k] / length;
    for (int k = 0; k < 3; k++) {
        int p = (k + 1) % 3, q = (k + 2) % 3;
        zone->y[k] = (w[p] * zone->x[q] - w[q] * zone->x[p]) / norm;
    }
}

static int is_in_zone(const struct reflection *r, const int axis[3])
{
    return r->index[0] * axis[0] + r->index[1] * axis[1] + r->index[2] * axis[2] == 0;
}

static int by_length(const void *a, const void *b)
{
    const struct zone_place *left = a, *right = b;
    /* Whole steps, so that lengths which symmetry makes equal are equal. */
    long long from = llround(1e6 * hypot(left->g[0], left->g[1]));
    long long to = llround(1e6 * hypot(right->g[0], right->g[1]));
    if (from != to) return from < to ? -1 : 1;
    if (left->weight != right->weight) return left->weight < right->weight ? -1 : 1;
    return memcmp(left->index, right->index, sizeof left->index);
}

/* p + sign q, or its opposite: of both the one whose first index is above 0. 0 where nothing is left. */
static int combine(const struct zone_place *p, const struct zone_place *q, int sign, struct zone_place *sum)
{
    int leading = 0;
    for (int k = 0; k < 3; k++) {
        sum->index[k] = p->index[k] + sign * q->index[k];
        if (!leading) leading = sum->index[k];
    }
    for (int k = 0; k < 3 && leading < 0; k++) sum->index[k] = -sum->index[k];
    for (int k = 0; k < 2; k++) sum->g[k] = (leading < 0 ? -1 : 1) * (p->g[k] + sign * q->g[k]);
    return leading;
}

static int is_known(const struct zone_pattern *zone, const int index[3])
{
    for (int i = 0; i < zone->place_count; i++)
        if (!memcmp(zone->places[i].index, index, sizeof zone->places[i].index)) return 1;
    return 0;
}

/* Appends what two of the `count` places in `strong` make together; there is room for SECOND_MOST. */
static void add_second_order(struct zone_pattern *zone, const int *strong, int count)
{
    for (int i = 0; i < count; i++)
        for (int k = i; k < count; k++)
            for (int sign = -1; sign <= 1; sign += 2) {
                struct zone_place sum;
                if (!combine(zone->places + strong[i], zone->places + strong[k], sign, &sum)) continue;
                double length = hypot(sum.g[0], sum.g[1]);
                if (length > PHASE_LIST_G_MOST || is_known(zone, sum.index)) continue;
                sum.weight = visibility(SECOND_INTENSITY, length);
                zone->places[zone->place_count++] = sum;
            }
}

/* Whether two zones show the same lengths and strengths; places stand by rising length. */
static int look_alike(const struct zone_pattern *a, const struct zone_pattern *b)
{
    if (a->place_count != b->place_count) return 0;
    for (int i = 0; i < a->place_count; i++) {
        double difference =
            hypot(a->places[i].g[0], a->places[i].g[1]) - hypot(b->places[i].g[0], b->places[i].g[1]);
        if (fabs(difference) > 1e-6 || fabs(a->places[i].weight - b->places[i].weight) > 1e-6) return 0;
    }
    return 1;
}

/* Fills in the zone's places; one without two directions is left without any. */
static fringe_status build_zone(const struct phase_entry *entry, struct zone_pattern *zone,
                                fringe_error *error)
{
    int count = 0, is_plane = 0, first = -1, strong[STRONG_MOST], strong_count = 0;
    double total = 0;
    const struct reflection *items = entry->reflections.items;
    for (size_t i = 0; i < entry->reflections.count; i++) {
        if (!is_in_zone(items + i, zone->axis)) continue;
        if (first < 0) first = (int)i;
        double along = dot(items[i].g, items[first].g) / (items[i].length * items[first].length);
        is_plane |= fabs(along) < 0.999999;
        count++;
    }
    if (!is_plane) return FRINGE_OK;
    size_t room = (size_t)count + SECOND_MOST;
    zone->places = alloc_array(room, sizeof *zone->places);
    if (!zone->places) return failure_memory(error, "a zone", room * sizeof *zone->places);
    set_axes(zone, &entry->cell, items[first].g);
    for (size_t i = 0; i < entry->reflections.count; i++) {
        if (!is_in_zone(items + i, zone->axis)) continue;
        struct zone_place *place = zone->places + zone->place_count;
        *place = (struct zone_place){{dot(items[i].g, zone->x), dot(items[i].g, zone->y)},
                                     visibility(items[i].intensity, items[i].length),
                                     {items[i].index[0], items[i].index[1], items[i].index[2]}};
        if (items[i].intensity >= STRONG_LEAST && strong_count < STRONG_MOST)
            strong[strong_count++] = zone->place_count;
        zone->place_count++;
    }
    if (zone->place_count < DENSE_LEAST) add_second_order(zone, strong, strong_count);
    for (int i = 0; i < zone->place_count; i++) total += zone->places[i].weight;
    for (int i = 0; i < zone->place_count; i++) zone->places[i].weight /= total;
    qsort(zone->places, (size_t)zone->place_count, sizeof *zone->places, by_length);
    return FRINGE_OK;
}

static int index_sum(const int axis[3])
{
    return abs(axis[0]) + abs(axis[1]) + abs(axis[2]);
}

static int by_index(const void *a, const void *b)
{
    const struct zone_pattern *left = a, *right = b;
    int difference = index_sum(left->axis) - index_sum(right->axis);
    for (int k = 0; !difference && k < 3; k++) difference = right->axis[k] - left->axis[k];
    return difference;
}

/* Every axis up to ZONE_INDEX_MOST, low indices first, each kind once. */
static fringe_status build_zones(struct phase_entry *entry, fringe_error *error)
{
    enum { M = ZONE_INDEX_MOST, MOST = (2 * M + 1) * (2 * M + 1) * (2 * M + 1) / 2 };
    double total = 0;
    int count = 0;
    struct zone_pattern *zones = alloc_array(MOST, sizeof *zones);
    if (!zones) return failure_memory(error, "zones", MOST * sizeof *zones);
    for (int u = 0; u <= M; u++)
        for (int v = u ? -M : 0; v <= M; v++)
            for (int w = u || v ? -M : 1; w <= M; w++)
                if (greatest_divisor(greatest_divisor(u, v), w) == 1)
                    zones[count++] = (struct zone_pattern){.axis = {u, v, w}};
    qsort(zones, (size_t)count, sizeof *zones, by_index);
    entry->zones = zones; /* freed with the entry, whatever happens */
    for (int i = 0; i < count; i++) {
        struct zone_pattern zone = zones[i];
        fringe_status status = build_zone(entry, &zone, error);
        if (status) return status;
        int known = zone.place_count == 0;
        for (int k = 0; k < entry->zone_count && !known; k++) known = look_alike(&zone, zones + k);
        if (known) {
            alloc_free(zone.places);
            continue;
        }
        double norm = index_sum(zone.axis);
        zone.weight = 1 / (norm * norm);
        total += zone.weight;
        zones[entry->zone_count++] = zone;
    }
    for (int i = 0; i < entry->zone_count; i++) zones[i].weight /= total;
    return FRINGE_OK;
}

static void clear_entry(struct phase_entry *entry)
{
    for (int i = 0; i < entry->zone_count; i++) alloc_free(entry->zones[i].places);
    alloc_free(entry->zones);
    alloc_free(entry->ring_weights);
    reflections_clear(&entry->reflections);
    cell_clear(&entry->cell);
    *entry = (struct phase_entry){0};
}

fringe_status phase_list_add(struct phase_list *list, struct cell *cell, fringe_error *error)
{
    struct phase_entry entry = {.cell = *cell};
    fringe_status status = FRINGE_OK;
    double total = 0;
    *cell = (struct cell){0};
    for (int i = 0; i < list->count && !status; i++)
        if (!strcmp(list->items[i].cell.name, entry.cell.name))
            status =
                failure_set(error, FRINGE_FORMAT, "the phase '%s' stands twice in the list", entry.cell.name);
    if (!status && list->count == PHASE_LIST_MOST)
        status = failure_set(error, FRINGE_FORMAT, "more than %d phases", (int)PHASE_LIST_MOST);
    if (!status) status = reflections_list(&entry.cell, PHASE_LIST_G_MOST, &entry.reflections, error);
    if (status) goto done;
    entry.ring_weights = alloc_array(entry.reflections.count + 1, sizeof *entry.ring_weights);
    if (!entry.ring_weights) {
        status = failure_memory(error, "a phase", entry.reflections.count * sizeof *entry.ring_weights);
        goto done;
    }
    for (size_t i = 0; i < entry.reflections.count; i++)
        total += entry.ring_weights[i] =
            visibility(entry.reflections.items[i].intensity, entry.reflections.items[i].length);
    for (size_t i = 0; i < entry.reflections.count; i++) entry.ring_weights[i] /= total;
    status = build_zones(&entry, error);
    if (!status && entry.zone_count == 0)
        status = failure_set(error, FRINGE_FORMAT, "%s: none of its %zu reflections make a pattern",
                             entry.cell.name, entry.reflections.count);
    if (status) goto done;
    struct phase_entry *items = alloc_resize(list->items, (size_t)list->count + 1, sizeof *items);
    if (!items) {
        status = failure_memory(error, "phases", sizeof *items);
        goto done;
    }
    list->items = items;
    list->items[list->count++] = entry;
    return FRINGE_OK;
done:
    clear_entry(&entry);
    return status;
}

void phase_list_clear(struct phase_list *list)
{
    for (int i = 0; i < list->count; i++) clear_entry(list->items + i);
    alloc_free(list->items);
    *list = (struct phase_list){0};
}

fringe_status phase_list_built_in(struct phase_list *list, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    *list = (struct phase_list){0};
    for (int i = 0; i < PHASE_COUNT && !status; i++) {
        struct cell cell;
        status = cell_from_phase(phase_get(i), &cell, error);
        if (!status) status = phase_list_add(list, &cell, error);
    }
    if (status) phase_list_clear(list);
    return status;
}
