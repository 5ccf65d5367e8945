#include "analyze/batch_inputs.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "fringe/micrograph.h"
#include "io/image_read.h"
#include "io/label_read.h"
#include "report/provenance.h"

enum { DEEPEST_FOLDER = 100 };

/* The folders from a named one down to the present one. */
struct folder {
    const struct folder *above;
    struct file_facts facts;
    const char *path, *subfolder;
    int depth;
};

struct passed_over {
    size_t count;
    char *first;
};

struct collection {
    struct batch_inputs *inputs;
    const fringe_run *run;
    enum batch_wanted wanted;
    int recursive;
    struct passed_over own_outputs, labels; /* found in folders */
};

static void free_input(struct batch_input *input)
{
    alloc_free(input->path);
    alloc_free(input->subfolder);
    alloc_free(input->failure);
    alloc_free(input->directory);
    alloc_free(input->prefix);
}

void batch_inputs_free(struct batch_inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++) free_input(&inputs->items[i]);
    alloc_free(inputs->items);
    *inputs = (struct batch_inputs){0};
}

void batch_inputs_remove(struct batch_inputs *inputs, size_t index)
{
    free_input(&inputs->items[index]);
    inputs->count--;
    memmove(&inputs->items[index], &inputs->items[index + 1],
            (inputs->count - index) * sizeof *inputs->items);
}

static fringe_status add_input(struct batch_inputs *inputs, const char *path, const char *subfolder,
                               const char *failure, fringe_error *error)
{
    if (inputs->count == inputs->capacity) {
        size_t capacity = inputs->capacity ? 2 * inputs->capacity : 64;
        struct batch_input *grown = alloc_resize(inputs->items, capacity, sizeof *grown);
        if (!grown) return failure_memory(error, path, capacity * sizeof *grown);
        inputs->items = grown;
        inputs->capacity = capacity;
    }
    struct batch_input *input = &inputs->items[inputs->count++];
    *input = (struct batch_input){.path = alloc_text(path),
                                  .subfolder = alloc_text(subfolder),
                                  .failure = failure ? alloc_text(failure) : NULL,
                                  .weight = 1};
    if (!input->path || !input->subfolder || (failure && !input->failure))
        return failure_memory(error, path, strlen(path));
    return FRINGE_OK;
}

/* Whether a file that is no image is a provenance: a star in a shell names those too. */
static int is_provenance(const char *path)
{
    struct provenance_record *record;
    size_t length = strlen(path), ending = strlen(PROVENANCE_SUFFIX);
    if (length < ending || strcmp(path + length - ending, PROVENANCE_SUFFIX)) return 0;
    if (provenance_read(path, &record, NULL)) return 0;
    provenance_free(record);
    return 1;
}

/* Notes size and origin. A file that cannot be opened keeps its place and fails when its turn comes; only for
 * want of memory nothing may be concluded. */
static fringe_status look_into(struct batch_input *input, fringe_error *error)
{
    fringe_micrograph *micrograph;
    fringe_micrograph_info info;
    fringe_status status = fringe_micrograph_open(input->path, NULL, &micrograph, error);
    if (status) {
        input->own_output = is_provenance(input->path);
        return status == FRINGE_MEMORY ? status : FRINGE_OK;
    }
    fringe_micrograph_get_info(micrograph, &info);
    input->own_output = info.own_output;
    input->weight = (int64_t)info.width_px * info.height_px; /* at most 2^31 */
    if (info.slice_count > 1) input->weight *= info.slice_count;
    fringe_micrograph_free(micrograph);
    return FRINGE_OK;
}

/* Whether a file that was found in a folder is labels to be measured. What Fringe wrote as labels is what a
 * measurement of something else has found. */
static int is_labels(const char *path, int own_output)
{
    static const char own_ending[] = "-labels.tif";
    size_t length = strlen(path), bytes = sizeof own_ending - 1;
    if (!label_read_has_suffix(path)) return 0;
    return !own_output || length < bytes || strcmp(path + length - bytes, own_ending) != 0;
}

static fringe_status add_found_file(struct collection *collection, const char *path, const char *subfolder,
                                    fringe_error *error)
{
    struct batch_inputs *inputs = collection->inputs;
    fringe_status status = add_input(inputs, path, subfolder, NULL, error);
    if (!status) status = look_into(&inputs->items[inputs->count - 1], error);
    if (status) return status;
    struct batch_input *input = &inputs->items[inputs->count - 1];
    if (collection->wanted == BATCH_LABELS) {
        if (is_labels(path, input->own_output))
            input->own_output = 0;
        else
            batch_inputs_remove(inputs, inputs->count - 1);
        return FRINGE_OK;
    }
    if (!input->own_output && !label_read_has_suffix(path)) return FRINGE_OK;
    struct passed_over *passed_over = input->own_output ? &collection->own_outputs : &collection->labels;
    batch_inputs_remove(inputs, inputs->count - 1);
    if (passed_over->count++ == 0 && !(passed_over->first = alloc_text(path)))
        return failure_memory(error, path, strlen(path));
    return FRINGE_OK;
}

static int is_above(const struct folder *folder, const struct file_facts *facts)
{
    for (; folder; folder = folder->above)
        if (folder->facts.device == facts->device && folder->facts.number == facts->number) return 1;
    return 0;
}

static fringe_status add_folder(struct collection *collection, const struct folder *folder,
                                fringe_error *error);

static fringe_status add_entry(struct collection *collection, const struct folder *folder, const char *name,
                               fringe_error *error)
{
    char *path = path_join(folder->path, name), *subfolder = NULL;
    struct folder below = {.above = folder, .path = path, .depth = folder->depth + 1};
    fringe_status status = FRINGE_OK;
    if (!path) return failure_memory(error, name, strlen(name));
    file_look(path, &below.facts);
    if (below.facts.kind != FILE_DIRECTORY) {
        if (image_read_has_extension(name))
            status = add_found_file(collection, path, folder->subfolder, error);
    } else if (collection->recursive && name[0] != '.' && !is_above(folder, &below.facts)) {
        /* A link may lead back to a folder above: that one is under way already. */
        below.subfolder = subfolder = path_join(folder->subfolder, name);
        status =
            subfolder ? add_folder(collection, &below, error) : failure_memory(error, path, strlen(path));
    }
    alloc_free(subfolder);
    alloc_free(path);
    return status;
}

static fringe_status add_folder(struct collection *collection, const struct folder *folder,
                                fringe_error *error)
{
    struct file_names names = {0};
    fringe_error said;
    fringe_status status = run_state_check(collection->run, error);
    if (status) return status;
    status = folder->depth <= DEEPEST_FOLDER
                 ? file_list(folder->path, &names, &said)
                 : failure_set(&said, FRINGE_FILE, "%s: lies %d folders deep, %d are followed", folder->path,
                               folder->depth, DEEPEST_FOLDER);
    if (status == FRINGE_MEMORY) return failure_set(error, status, "%s", said.message);
    if (status) return add_input(collection->inputs, folder->path, folder->subfolder, said.message, error);
    for (size_t i = 0; i < names.count && !status; i++)
        status = add_entry(collection, folder, names.names[i], error);
    file_names_free(&names);
    return status;
}

static fringe_status add_named(struct collection *collection, const char *path, fringe_error *error)
{
    struct folder top = {.path = path, .subfolder = ""};
    struct batch_inputs *inputs = collection->inputs;
    fringe_status status;
    size_t before = inputs->count;
    file_look(path, &top.facts);
    if (top.facts.kind == FILE_DIRECTORY) {
        size_t passed_over = collection->own_outputs.count;
        status = add_folder(collection, &top, error);
        if (!status && inputs->count == before && collection->own_outputs.count == passed_over) {
            fringe_error said;
            failure_set(&said, FRINGE_FILE, "%s: holds no %s%s", path,
                        collection->wanted == BATCH_LABELS ? "labels (X-mask.tif, X-labels.tif, ...)"
                                                           : "image",
                        collection->recursive ? "" : "; subfolders were not looked into");
            status = add_input(inputs, path, "", said.message, error);
        }
        return status;
    }
    status = run_state_check(collection->run, error);
    if (!status) status = add_input(inputs, path, "", NULL, error);
    if (!status) status = look_into(&inputs->items[before], error);
    if (!status && collection->wanted == BATCH_LABELS && !is_provenance(path))
        inputs->items[before].own_output = 0;
    return status;
}

fringe_status batch_inputs_collect(struct batch_inputs *inputs, const char *const *paths, size_t path_count,
                                   enum batch_wanted wanted, int recursive, const fringe_run *run,
                                   fringe_error *error)
{
    struct collection collection = {.inputs = inputs, .run = run, .wanted = wanted, .recursive = recursive};
    fringe_status status = FRINGE_OK;
    *inputs = (struct batch_inputs){0};
    for (size_t i = 0; i < path_count && !status; i++) status = add_named(&collection, paths[i], error);
    const struct passed_over *own = &collection.own_outputs, *labels = &collection.labels;
    if (!status && own->count == 1)
        run_state_notice(run, FRINGE_NOTICE_OWN_OUTPUT, "%s: was written by Fringe and is passed over",
                         own->first);
    else if (!status && own->count > 1)
        run_state_notice(run, FRINGE_NOTICE_OWN_OUTPUT,
                         "%s and %zu more files were written by Fringe and are passed over", own->first,
                         own->count - 1);
    if (!status && labels->count == 1)
        run_state_notice(run, FRINGE_NOTICE_INPUT,
                         "%s: is labels by its name and is passed over; name it to have it done",
                         labels->first);
    else if (!status && labels->count > 1)
        run_state_notice(run, FRINGE_NOTICE_INPUT,
                         "%s and %zu more files are labels by their names and are passed over; name them to "
                         "have them done",
                         labels->first, labels->count - 1);
    alloc_free(own->first);
    alloc_free(labels->first);
    return status;
}
