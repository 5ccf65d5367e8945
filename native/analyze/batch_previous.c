#include "analyze/batch_previous.h"

#include "analyze/batch_outputs.h"
#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "io/zip_write.h"
#include "report/particles_table.h"

enum { WORDS_BYTES = 512 };

static int is_there(const char *path)
{
    struct file_facts facts;
    file_look(path, &facts);
    return facts.kind != FILE_ABSENT;
}

/* Whether a result is Fringe's; an image that cannot be read is not. */
static fringe_status ask_origin(const char *path, int *own, fringe_error *error)
{
    fringe_micrograph *micrograph;
    fringe_micrograph_info info;
    *own = 0;
    if (path_has_extension(path, ".csv") || path_has_extension(path, ".zip")) {
        *own = particles_table_recognise(path) || zip_write_recognise(path);
        return FRINGE_OK;
    }
    fringe_status status = fringe_micrograph_open(path, NULL, &micrograph, error);
    if (status) return status == FRINGE_MEMORY ? status : FRINGE_OK;
    fringe_micrograph_get_info(micrograph, &info);
    *own = info.own_output;
    fringe_micrograph_free(micrograph);
    return FRINGE_OK;
}

static fringe_status refuse_foreign(const char *path, fringe_error *error)
{
    return failure_set(error, FRINGE_EXISTS,
                       "%s was not written by Fringe and is not replaced; use -o or move it away", path);
}

static fringe_status all_there(const struct batch_previous *previous, const struct batch_input *input,
                               int *there, fringe_error *error)
{
    struct batch_texts recorded = {0};
    fringe_status status = batch_previous_list(previous, input, &recorded, error);
    *there = 1;
    for (size_t i = 0; i < recorded.count; i++) *there &= is_there(recorded.items[i]);
    batch_texts_free(&recorded);
    return status;
}

/* Reads the provenance, if there is one, and compares. */
static fringe_status compare(struct batch_previous *previous, const struct batch_input *input,
                             const char *path, const struct provenance_origin *origin, fringe_error *error)
{
    char words[WORDS_BYTES];
    if (!is_there(path)) return FRINGE_OK;
    fringe_status status = provenance_read(path, &previous->record, error);
    if (status == FRINGE_FORMAT) return refuse_foreign(path, error);
    if (status) return status;
    if (!provenance_differs(previous->record, origin, words, sizeof words))
        return all_there(previous, input, &previous->same, error);
    if (origin->options->overwrite) return FRINGE_OK;
    return failure_set(error, FRINGE_EXISTS, "the result was made %s; use --overwrite or another -o", words);
}

fringe_status batch_previous_find(struct batch_previous *previous, const struct batch_input *input,
                                  const struct provenance_origin *origin, const struct batch_texts *planned,
                                  fringe_error *error)
{
    size_t last = planned->count - 1;
    *previous = (struct batch_previous){0};
    fringe_status status = compare(previous, input, planned->items[last], origin, error);
    for (size_t i = 0; i < last && !status && !previous->same; i++) {
        int own = 1;
        if (is_there(planned->items[i])) status = ask_origin(planned->items[i], &own, error);
        if (!own && !status) status = refuse_foreign(planned->items[i], error);
    }
    return status;
}

fringe_status batch_previous_list(const struct batch_previous *previous, const struct batch_input *input,
                                  struct batch_texts *paths, fringe_error *error)
{
    const char *name;
    fringe_status status = FRINGE_OK;
    int bare = input->prefix[0] && path_name(input->prefix) == input->prefix;
    for (size_t i = 0; !status && (name = provenance_output_name(previous->record, i)); i++)
        status = batch_texts_add(paths, path_join(bare ? "" : input->directory, name), error);
    if (!status) status = batch_texts_add(paths, path_concat(input->prefix, PROVENANCE_SUFFIX), error);
    return status;
}

fringe_status batch_previous_remove_rest(const struct batch_previous *previous,
                                         const struct batch_input *input, const struct batch_texts *planned,
                                         fringe_error *error)
{
    struct batch_texts recorded = {0};
    if (!previous->record) return FRINGE_OK;
    fringe_status status = batch_previous_list(previous, input, &recorded, error);
    for (size_t i = 0; i < recorded.count && !status; i++) {
        int own = 0;
        if (!batch_texts_contain(planned, recorded.items[i]))
            status = ask_origin(recorded.items[i], &own, error);
        if (own && !status) status = file_remove(recorded.items[i], error);
    }
    batch_texts_free(&recorded);
    return status;
}

void batch_previous_free(struct batch_previous *previous)
{
    provenance_free(previous->record);
    *previous = (struct batch_previous){0};
}
