#include <string.h>

#include "analyze/measure_item.h"
#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "io/image_read.h"

static const char probability_ending[] = "-probability";

/* The stem without what makes it a label image's: "x-mask" gives "x". NULL when memory is short. */
static char *micrograph_stem(const char *path)
{
    static const char *const endings[] = {"-mask",   "_mask",    "-label",   "_label",      "-labels",
                                          "_labels", "-classes", "_classes", "-probability"};
    char *stem = path_stem(path);
    size_t length = stem ? strlen(stem) : 0;
    for (size_t i = 0; stem && i < sizeof endings / sizeof *endings; i++) {
        size_t ending = strlen(endings[i]);
        if (length <= ending || strcmp(stem + length - ending, endings[i])) continue;
        stem[length - ending] = 0;
        break;
    }
    return stem;
}

/* The one image in a folder whose stem is `stem` and which is not the input itself. */
static fringe_status find_in(const char *folder, const char *stem, const char *input, char **path,
                             fringe_error *error)
{
    struct file_names names = {0};
    struct file_facts own, other;
    fringe_status status = file_list(folder, &names, error);
    file_look(input, &own);
    for (size_t i = 0; i < names.count && !status; i++) {
        char *found = path_stem(names.names[i]), *at = path_join(folder, names.names[i]);
        if (!found || !at) {
            status = failure_memory(error, folder, strlen(folder));
        } else if (!strcmp(found, stem) && image_read_has_extension(names.names[i])) {
            file_look(at, &other);
            if (own.device == other.device && own.number == other.number) {
                /* labels that bear the image's own name */
            } else if (*path) {
                status = failure_set(error, FRINGE_ARGUMENT, "%s and %s both belong to %s", *path, at, input);
            } else {
                *path = at;
                at = NULL;
            }
        }
        alloc_free(found);
        alloc_free(at);
    }
    file_names_free(&names);
    if (!status && !*path)
        status = failure_set(error, FRINGE_FILE, "%s: no image %s.* of %s is there", folder, stem, input);
    return status;
}

/* The file that `wanted` names, or the one with this ending behind the stem in the folder that it names. */
static fringe_status find(const char *wanted, const char *ending, const struct batch_input *input,
                          char **path, struct provenance_beside *facts, fringe_error *error)
{
    struct file_facts there;
    char *stem = NULL, *name = NULL, *folder = NULL;
    fringe_status status = FRINGE_OK;
    if (!wanted) return FRINGE_OK;
    file_look(wanted, &there);
    if (there.kind != FILE_DIRECTORY) {
        *path = alloc_text(wanted);
    } else {
        stem = micrograph_stem(input->path);
        name = stem ? path_concat(stem, ending) : NULL;
        folder = *input->subfolder ? path_join(wanted, input->subfolder) : alloc_text(wanted);
        if (name && folder) status = find_in(folder, name, input->path, path, error);
    }
    if (!status && !*path) status = failure_memory(error, wanted, strlen(wanted));
    if (!status) {
        facts->name = path_name(*path);
        status = digest_file(*path, facts->sha256, error);
    }
    alloc_free(stem);
    alloc_free(name);
    alloc_free(folder);
    return status;
}

fringe_status measure_beside_find(const fringe_measure_options *options, const struct batch_input *input,
                                  struct measure_beside *beside, fringe_error *error)
{
    *beside = (struct measure_beside){.facts = {.options = &options->particles}};
    if (options->faults) fringe_fault_model_get_info(options->faults, &beside->facts.faults);
    fringe_status status = find(options->image, "", input, &beside->image, &beside->facts.image, error);
    return status ? status
                  : find(options->probability, probability_ending, input, &beside->probability,
                         &beside->facts.probability, error);
}

void measure_beside_free(struct measure_beside *beside)
{
    alloc_free(beside->image);
    alloc_free(beside->probability);
    *beside = (struct measure_beside){0};
}
