#include "segment/segment_ahead.h"

#include "base/alloc.h"
#include "base/failure.h"
#include "base/side_thread.h"
#include "image/micrograph_source.h"

enum { SLOTS = AHEAD_SLICES + 1, NOTHING = -1 };

/* Memory for one slice. */
struct slot {
    struct side_work work;
    struct segment_ahead *ahead;
    int32_t slice; /* which it holds or is to hold, or NOTHING */
    struct sample_plane *channels;
    fringe_status status;
    fringe_error error;
};

struct segment_ahead {
    fringe_micrograph *micrograph;
    const fringe_run *run;
    int32_t slice_count, channel_count;
    int32_t most;             /* slices to read ahead */
    struct side_thread *side; /* NULL before anything is read ahead */
    struct slot slots[SLOTS];
    struct slot *taken; /* the caller's, NULL before the first */
    int32_t taken_slice;
};

fringe_status segment_ahead_create(fringe_micrograph *micrograph, const fringe_run *run,
                                   struct segment_ahead **result, fringe_error *error)
{
    fringe_micrograph_info info;
    struct segment_ahead *ahead = alloc_array(1, sizeof *ahead);
    *result = NULL;
    if (!ahead) return failure_memory(error, "slices of the image", sizeof *ahead);
    fringe_micrograph_get_info(micrograph, &info);
    ahead->micrograph = micrograph;
    ahead->run = run;
    ahead->slice_count = info.slice_count;
    ahead->channel_count = info.channel_count;
    size_t sample = micrograph_source_sample_bytes(info.pixel);
    double bytes =
        (double)info.width_px * info.height_px * info.channel_count * (double)(sample ? sample : 1);
    ahead->most = bytes * AHEAD_SLICES <= AHEAD_BYTES ? AHEAD_SLICES : (int32_t)(AHEAD_BYTES / bytes);
    for (int i = 0; i < SLOTS; i++) {
        struct slot *slot = &ahead->slots[i];
        slot->ahead = ahead;
        slot->slice = NOTHING;
        slot->channels = alloc_array((size_t)info.channel_count, sizeof *slot->channels);
        if (slot->channels) continue;
        segment_ahead_free(ahead);
        return failure_memory(error, "slices of the image", sizeof *slot->channels);
    }
    *result = ahead;
    return FRINGE_OK;
}

static void read_slot(void *context)
{
    struct slot *slot = context;
    const struct segment_ahead *ahead = slot->ahead;
    slot->status = FRINGE_OK;
    for (int32_t c = 0; c < ahead->channel_count && !slot->status; c++)
        slot->status = sample_plane_read(&slot->channels[c], ahead->micrograph, slot->slice, c, ahead->run,
                                         &slot->error);
}

static struct slot *find(struct segment_ahead *ahead, int32_t slice)
{
    for (int i = 0; i < SLOTS; i++)
        if (ahead->slots[i].slice == slice) return &ahead->slots[i];
    return NULL;
}

fringe_status segment_ahead_take(struct segment_ahead *ahead, int32_t slice, struct sample_plane **channels,
                                 fringe_error *error)
{
    struct slot *slot = find(ahead, slice);
    if (slot) {
        side_thread_wait(ahead->side, &slot->work);
    } else {
        /* Another order than was expected: the micrograph must be at rest, and any memory will do. */
        for (int i = 0; i < SLOTS; i++) side_thread_wait(ahead->side, &ahead->slots[i].work);
        slot = ahead->taken ? ahead->taken : &ahead->slots[0];
        slot->slice = slice;
        read_slot(slot);
    }
    slot->slice = NOTHING; /* the caller may change it */
    ahead->taken = slot;
    ahead->taken_slice = slice;
    *channels = slot->channels;
    if (slot->status && error) *error = slot->error;
    return slot->status;
}

/* Memory that neither the caller nor one of the slices from `begin` to `end` needs. */
static struct slot *find_free(struct segment_ahead *ahead, int32_t begin, int32_t end)
{
    struct slot *slot = ahead->slots;
    while (slot == ahead->taken || (slot->slice >= begin && slot->slice < end)) slot++;
    return slot; /* there is always one: SLOTS less the caller's is as many as can be wanted */
}

fringe_status segment_ahead_go_on(struct segment_ahead *ahead, fringe_error *error)
{
    int32_t begin = ahead->taken_slice + 1, left = ahead->slice_count - begin;
    int32_t end = begin + (left < ahead->most ? left : ahead->most);
    fringe_status status = FRINGE_OK;
    if (begin < end && !ahead->side) status = side_thread_create(&ahead->side, error);
    for (int32_t slice = begin; slice < end && !status; slice++) {
        if (find(ahead, slice)) continue;
        struct slot *slot = find_free(ahead, begin, end);
        side_thread_wait(ahead->side, &slot->work);
        slot->slice = slice;
        slot->work.function = read_slot;
        slot->work.context = slot;
        side_thread_add(ahead->side, &slot->work);
    }
    return status;
}

void segment_ahead_free(struct segment_ahead *ahead)
{
    if (!ahead) return;
    side_thread_free(ahead->side);
    for (int i = 0; i < SLOTS; i++) {
        struct slot *slot = &ahead->slots[i];
        for (int32_t c = 0; slot->channels && c < ahead->channel_count; c++)
            sample_plane_free(&slot->channels[c]);
        alloc_free(slot->channels);
    }
    alloc_free(ahead);
}
