#include "analyze/batch_outputs.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "report/provenance.h"

/* Who writes results under a name. The key is the same for all spellings of the place. */
struct claim {
    char *key;
    size_t input;
};

size_t batch_suffixes_list(const struct batch_suffixes *suffixes, const char *list[BATCH_SUFFIX_MOST])
{
    const char *const all[BATCH_SUFFIX_MOST] = {suffixes->mask,  suffixes->probability, suffixes->labels,
                                                suffixes->table, suffixes->rois,        suffixes->overlay};
    size_t count = 0;
    for (size_t i = 0; i < BATCH_SUFFIX_MOST; i++)
        if (all[i]) list[count++] = all[i];
    return count;
}

static int compare_claims(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->input > y->input) - (x->input < y->input);
}

static void fold_case(char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z') *text = (char)(*text - 'A' + 'a');
}

/* What of `path` lies below `above`, one of the folders it leads through; all of it below ".", which a bare
 * name does not spell out. */
static const char *path_below(const char *path, const char *above)
{
    size_t length = strlen(above);
    if (strncmp(path, above, length)) return path;
    if (!path[length] || (length && above[length - 1] == '/')) return path + length;
    return path[length] == '/' ? path + length + 1 : path;
}

/* The key of a file `name` in `directory`, either of which may not exist yet: what exists is resolved, what
 * does not is compared without case. NULL when memory is short. */
static char *place_key(const char *directory, const char *name)
{
    char *existing = alloc_text(directory), *real = NULL, *absent = NULL, *key = NULL;
    while (existing && !(real = file_real_path(existing))) {
        char *above = path_directory(existing);
        int at_top = above && !strcmp(above, existing);
        alloc_free(existing);
        existing = above;
        if (!at_top) continue;
        real = alloc_text(above); /* nothing of it exists, not even "." */
        break;
    }
    absent = path_join(existing ? path_below(directory, existing) : "", name);
    if (real && absent) {
        fold_case(absent);
        key = path_join(real, absent);
    }
    alloc_free(existing);
    alloc_free(real);
    alloc_free(absent);
    return key;
}

static fringe_status assign_place(struct batch_input *input, const char *output_directory,
                                  fringe_error *error)
{
    char *stem = path_stem(input->path);
    if (!output_directory)
        input->directory = path_directory(input->path);
    else if (*input->subfolder)
        input->directory = path_join(output_directory, input->subfolder);
    else
        input->directory = alloc_text(output_directory);
    /* Beside "a.tif" stands "a-mask.tif", not "./a-mask.tif". */
    int bare = !output_directory && path_name(input->path) == input->path;
    if (stem && input->directory) input->prefix = path_join(bare ? "" : input->directory, stem);
    alloc_free(stem);
    return input->prefix ? FRINGE_OK : failure_memory(error, input->path, strlen(input->path));
}

static int same_file(const char *a, const char *b)
{
    struct file_facts x, y;
    if (!strcmp(a, b)) return 1;
    file_look(a, &x);
    file_look(b, &y);
    return x.kind != FILE_ABSENT && x.kind == y.kind && x.device == y.device && x.number == y.number;
}

static fringe_status list_claims(struct batch_inputs *inputs, const char *output_directory,
                                 struct claim *claims, size_t *count, fringe_error *error)
{
    *count = 0;
    for (size_t i = 0; i < inputs->count; i++) {
        struct batch_input *input = &inputs->items[i];
        if (input->own_output || input->failure) continue; /* there will be no results */
        fringe_status status = assign_place(input, output_directory, error);
        if (status) return status;
        claims[*count].input = i;
        claims[*count].key = place_key(input->directory, path_name(input->prefix));
        if (!claims[(*count)++].key) return failure_memory(error, input->path, strlen(input->path));
    }
    if (*count) qsort(claims, *count, sizeof *claims, compare_claims);
    return FRINGE_OK;
}

/* Two claims to one name: fine where it is one file named twice, whose later mention is marked in `repeated`.
 */
static fringe_status settle_claims(const struct batch_inputs *inputs, const struct claim *claims,
                                   size_t count, const char *suffix, unsigned char *repeated,
                                   fringe_error *error)
{
    for (size_t i = 1, first = 0; i < count; i++) {
        if (strcmp(claims[i].key, claims[first].key)) {
            first = i;
            continue;
        }
        const struct batch_input *a = &inputs->items[claims[first].input];
        const struct batch_input *b = &inputs->items[claims[i].input];
        if (!same_file(a->path, b->path))
            return failure_set(error, FRINGE_ARGUMENT, "%s and %s would both be written to %s%s", a->path,
                               b->path, a->prefix, suffix);
        repeated[claims[i].input] = 1;
    }
    return FRINGE_OK;
}

/* Whether `input` lies where a result of another input with this suffix would be written. */
static fringe_status check_replaced(const struct batch_inputs *inputs, const struct batch_input *input,
                                    const char *suffix, const struct claim *claims, size_t count,
                                    fringe_error *error)
{
    const char *name = path_name(input->path);
    size_t length = strlen(name), ending = suffix ? strlen(suffix) : 0;
    if (!ending || length <= ending) return FRINGE_OK;
    char *stem = alloc_text(name), *directory = path_directory(input->path);
    struct claim wanted = {0};
    const struct claim *found = NULL;
    if (stem) fold_case(stem);
    int matches = stem && !strcmp(stem + length - ending, suffix);
    if (matches && directory) {
        stem[length - ending] = 0;
        wanted.key = place_key(directory, stem);
    }
    fringe_status status = !stem || !directory || (matches && !wanted.key)
                               ? failure_memory(error, input->path, length)
                               : FRINGE_OK;
    for (size_t low = 0, high = count; wanted.key && low < high && !found;) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(claims[middle].key, wanted.key);
        if (order == 0) found = &claims[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (found)
        status =
            failure_set(error, FRINGE_ARGUMENT, "%s is an input and would be replaced by the result of %s",
                        input->path, inputs->items[found->input].path);
    alloc_free(wanted.key);
    alloc_free(directory);
    alloc_free(stem);
    return status;
}

fringe_status batch_outputs_assign(struct batch_inputs *inputs, const char *output_directory,
                                   const struct batch_suffixes *suffixes, const fringe_run *run,
                                   fringe_error *error)
{
    const char *each[BATCH_SUFFIX_MOST];
    size_t count = 0, each_count = batch_suffixes_list(suffixes, each);
    struct file_facts facts = {.kind = FILE_ABSENT};
    if (output_directory) file_look(output_directory, &facts);
    if (facts.kind == FILE_REGULAR)
        return failure_set(error, FRINGE_ARGUMENT, "-o: %s is a file, no folder", output_directory);
    const char *suffix = each_count > 0 ? each[0] : PROVENANCE_SUFFIX;
    struct claim *claims = alloc_array(inputs->count, sizeof *claims);
    unsigned char *repeated = alloc_array(inputs->count, 1);
    fringe_status status =
        claims && repeated ? FRINGE_OK : failure_memory(error, "inputs", inputs->count * sizeof *claims);
    if (!status) status = list_claims(inputs, output_directory, claims, &count, error);
    if (!status) status = settle_claims(inputs, claims, count, suffix, repeated, error);
    for (size_t i = 0; i < count && !status; i++) {
        const struct batch_input *input = &inputs->items[claims[i].input];
        for (size_t s = 0; s < each_count && !status; s++)
            status = check_replaced(inputs, input, each[s], claims, count, error);
    }
    for (size_t i = inputs->count; i-- > 0 && !status;) {
        if (!repeated[i]) continue;
        run_state_notice(run, FRINGE_NOTICE_INPUT, "%s: is named twice and taken once",
                         inputs->items[i].path);
        batch_inputs_remove(inputs, i);
    }
    for (size_t i = 0; claims && i < count; i++) alloc_free(claims[i].key);
    alloc_free(claims);
    alloc_free(repeated);
    return status;
}
