#include "report/provenance.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "fringe/version.h"
#include "text/json_read.h"
#include "text/json_write.h"

/* One thing that decides a result, as it stands in the file. */
struct fact {
    enum { FACT_DIGEST, FACT_TEXT, FACT_NUMBER, FACT_FLAG } kind;
    const char *section, *key;
    const char *label; /* in words, or the option that sets it */
    const char *text;  /* FACT_DIGEST, FACT_TEXT: the value, elsewhere NULL */
    double number;     /* FACT_NUMBER, FACT_FLAG */
};

enum { MOST_FACTS = 32 };

struct facts {
    struct fact rows[MOST_FACTS];
    size_t count;
};

static void add_text(struct facts *facts, int kind, const char *section, const char *key, const char *label,
                     const char *text)
{
    facts->rows[facts->count++] =
        (struct fact){.kind = kind, .section = section, .key = key, .label = label, .text = text};
}

static void add_number(struct facts *facts, int kind, const char *section, const char *key, const char *label,
                       double number)
{
    facts->rows[facts->count++] =
        (struct fact){.kind = kind, .section = section, .key = key, .label = label, .number = number};
}

/* A number, or the word for what happens without one. */
static void add_choice(struct facts *facts, const char *key, const char *label, const char *word,
                       double number)
{
    if (word)
        add_text(facts, FACT_TEXT, "parameters", key, label, word);
    else
        add_number(facts, FACT_NUMBER, "parameters", key, label, number);
}

static const char *normalize_name(fringe_normalize normalize)
{
    switch (normalize) {
#define NAME(symbol, name)                                                                                   \
    case symbol:                                                                                             \
        return name;
        FRINGE_NORMALIZE_LIST(NAME)
#undef NAME
    }
    return "unknown";
}

static const char *border_name(fringe_border border)
{
    switch (border) {
#define NAME(symbol, name)                                                                                   \
    case symbol:                                                                                             \
        return name;
        FRINGE_BORDER_LIST(NAME)
#undef NAME
    }
    return "unknown";
}

/* A number that is 0 where it is not asked for. */
static void add_wish(struct facts *facts, const char *key, const char *label, double number)
{
    add_choice(facts, key, label, number > 0 ? NULL : "off", number);
}

/* What only a measurement of labels has: behind a model the particles are those of its mask. */
static void list_labels(const struct provenance_measurement *measurement, struct facts *facts)
{
    const fringe_particles_options *options = measurement->options;
    const struct provenance_beside *image = &measurement->image, *probability = &measurement->probability;
    add_text(facts, FACT_DIGEST, "image", "sha256", "the image of sha256",
             *image->sha256 ? image->sha256 : "none");
    add_text(facts, FACT_DIGEST, "probability_map", "sha256", "the probability map of sha256",
             *probability->sha256 ? probability->sha256 : "none");
    add_wish(facts, "threshold", "--threshold", options->threshold);
    add_choice(facts, "pixel_size", "--pixel-size", options->pixel_size_nm > 0 ? NULL : "calibration",
               options->pixel_size_nm);
}

static void list_measurement(const struct provenance_measurement *measurement, struct facts *facts)
{
    const fringe_particles_options *options = measurement->options;
    const char *forest = measurement->faults.sha256, *phases = measurement->faults.phases_sha256;
    add_choice(facts, "connectivity", "--connectivity", NULL, options->connectivity);
    add_choice(facts, "fill_holes", "--fill-holes", options->fill_holes ? "on" : "off", 0);
    add_wish(facts, "split", "--split", options->split_neck);
    add_wish(facts, "min_diameter", "--min-diameter", options->least_nm);
    add_wish(facts, "max_diameter", "--max-diameter", options->most_nm);
    add_wish(facts, "min_pixels", "--min-pixels", (double)options->least_px);
    add_choice(facts, "border", "--border", border_name(options->border), 0);
    add_choice(facts, "channel", "--channel", NULL, options->channel + 1);
    add_text(facts, FACT_DIGEST, "forest", "sha256", "the forest of sha256", forest ? forest : "none");
    add_text(facts, FACT_DIGEST, "forest", "phases_sha256", "the phases of sha256",
             phases && *phases ? phases : "none");
}

/* Keys are the vocabulary of the command line, with _ for -. */
static void list_segmentation(const struct provenance_origin *origin, struct facts *facts)
{
    const fringe_model_info *model = origin->model;
    const fringe_segment_options *segment = &origin->options->segment;
    add_text(facts, FACT_DIGEST, "model", "sha256", "the model of sha256", model->sha256);
    add_text(facts, FACT_TEXT, "model", "preparation", "the model's preparation", model->preparation);
    add_text(facts, FACT_TEXT, "model", "completion", "the model's completion", model->completion);
    add_text(facts, FACT_TEXT, "model", "outputs", "the model's output read as", model->outputs);
    add_number(facts, FACT_NUMBER, "model", "pixel_size_nm", "the model's pixel size", model->pixel_size_nm);
    if (!strncmp(model->outputs, "mask", 4)) /* elsewhere nothing is compared with it */
        add_choice(facts, "threshold", "--threshold", NULL, segment->threshold);
    add_choice(facts, "normalize", "--normalize", normalize_name(segment->normalize), 0);
    add_choice(facts, "pixel_size", "--pixel-size", segment->pixel_size_nm > 0 ? NULL : "calibration",
               segment->pixel_size_nm);
    add_choice(facts, "resample", "--resample",
               !segment->resample         ? "off"
               : segment->resample_nm > 0 ? NULL
                                          : "auto",
               segment->resample_nm);
    add_choice(facts, "mirror", "--mirror", segment->mirror ? "on" : "off", 0);
    add_choice(facts, "exclude_bottom", "--exclude-bottom", segment->exclude_bottom_px >= 0 ? NULL : "auto",
               segment->exclude_bottom_px);
    add_number(facts, FACT_FLAG, "parameters", "probability", "--probability", origin->options->probability);
    add_number(facts, FACT_FLAG, "parameters", "overlay", "--overlay", origin->options->overlay);
}

static void list_facts(const struct provenance_origin *origin, struct facts *facts)
{
    *facts = (struct facts){0};
    add_text(facts, FACT_DIGEST, "input", "sha256", "the input of sha256", origin->input_sha256);
    if (origin->model) list_segmentation(origin, facts);
    if (origin->measurement && !origin->model) list_labels(origin->measurement, facts);
    if (origin->measurement) list_measurement(origin->measurement, facts);
    add_number(facts, FACT_FLAG, "parameters", "compress", "--compress", origin->options->compress);
}

static void write_facts(struct json_writer *json, const struct facts *facts, const char *section)
{
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->rows[i];
        if (strcmp(fact->section, section)) continue;
        if (fact->kind == FACT_FLAG)
            json_write_flag(json, fact->key, fact->number != 0);
        else if (fact->kind == FACT_NUMBER)
            json_write_number(json, fact->key, fact->number);
        else
            json_write_text(json, fact->key, fact->text);
    }
}

/* A size that is 0 when unknown. */
static void write_known(struct json_writer *json, const char *key, double value)
{
    if (value > 0)
        json_write_number(json, key, value);
    else
        json_write_null(json, key);
}

static void write_input(struct json_writer *json, const struct facts *facts,
                        const struct provenance_result *result)
{
    const fringe_micrograph_info *input = result->input;
    json_write_object(json, "input");
    json_write_text(json, "name", result->input_name);
    write_facts(json, facts, "input");
    json_write_text(json, "reader", input->reader);
    json_write_integer(json, "width", input->width_px);
    json_write_integer(json, "height", input->height_px);
    json_write_integer(json, "pages", input->slice_count);
    json_write_integer(json, "channels", input->channel_count);
    json_write_text(json, "type", fringe_pixel_name(input->pixel));
    write_known(json, "nm_per_px", input->nm_per_px_x);
    write_known(json, "nm_per_px_y", input->nm_per_px_y);
    json_write_text(json, "unit", input->unit);
    json_write_end(json);
}

static void write_model(struct json_writer *json, const struct facts *facts, const fringe_model_info *model)
{
    json_write_object(json, "model");
    json_write_text(json, "name", model->name);
    json_write_text(json, "version", model->version);
    json_write_text(json, "path", model->path);
    json_write_text(json, "format", model->format);
    write_facts(json, facts, "model");
    json_write_end(json);
}

static void write_beside(struct json_writer *json, const struct facts *facts, const char *section,
                         const struct provenance_beside *beside)
{
    json_write_object(json, section);
    json_write_text(json, "name", beside->name);
    write_facts(json, facts, section);
    json_write_end(json);
}

static void write_interval(struct json_writer *json, const char *key, const struct population_value *value)
{
    json_write_object(json, key);
    json_write_number(json, "value", value->value);
    json_write_number(json, "low", value->low);
    json_write_number(json, "high", value->high);
    json_write_end(json);
}

static void write_particles(struct json_writer *json, const struct provenance_particles *particles,
                            int classified)
{
    const struct population *diameters = particles->diameters;
    json_write_integer(json, "particles", particles->count);
    json_write_integer(json, "border_particles", particles->border_count);
    json_write_text(json, "unit", particles->unit);
    json_write_object(json, "diameter"); /* area-equivalent; low and high: 95 % bootstrap interval */
    json_write_integer(json, "n", diameters->n);
    json_write_number(json, "sd", diameters->sd);
    write_interval(json, "mean", &diameters->mean);
    write_interval(json, "d10", &diameters->d10);
    write_interval(json, "d50", &diameters->d50);
    write_interval(json, "d90", &diameters->d90);
    json_write_end(json);
    if (!classified) return;
    json_write_object(json, "faults");
    for (int i = 0; i < FRINGE_FAULT_COUNT; i++)
        json_write_integer(json, fringe_fault_name((fringe_fault)i), particles->fault_counts[i]);
    json_write_end(json);
}

static void write_segmentation(struct json_writer *json, const struct provenance_result *result)
{
    write_known(json, "worked_at_nm_per_px", result->worked_at_nm_per_px_x);
    write_known(json, "worked_at_nm_per_px_y", result->worked_at_nm_per_px_y);
    json_write_object(json, "excluded");
    json_write_integer(json, "top", result->excluded.top_px);
    json_write_integer(json, "bottom", result->excluded.bottom_px);
    json_write_integer(json, "left", result->excluded.left_px);
    json_write_integer(json, "right", result->excluded.right_px);
    json_write_end(json);
    json_write_integer(json, "non_finite_pixels", result->non_finite_count);
    json_write_list(json, "counts");
    for (size_t i = 0; i < result->count_count; i++) {
        json_write_object(json, NULL);
        json_write_text(json, "name", result->counts[i].name);
        json_write_integer(json, "pixels", result->counts[i].pixels);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_result(struct json_writer *json, const struct provenance_origin *origin,
                         const struct provenance_result *result)
{
    json_write_object(json, "result");
    json_write_text(json, "kind", result->kind);
    if (origin->model) write_segmentation(json, result);
    if (result->particles)
        write_particles(json, result->particles, origin->measurement->faults.sha256 != NULL);
    json_write_end(json);
}

static void write_forest(struct json_writer *json, const struct facts *facts,
                         const fringe_fault_model_info *forest)
{
    json_write_object(json, "forest");
    json_write_text(json, "name", forest->name ? forest->name : "");
    json_write_text(json, "path", forest->path ? forest->path : "");
    write_facts(json, facts, "forest");
    json_write_end(json);
}

static void write_outputs(struct json_writer *json, const struct provenance_result *result)
{
    json_write_list(json, "outputs");
    for (size_t i = 0; i < result->output_count; i++) {
        json_write_object(json, NULL);
        json_write_text(json, "name", result->outputs[i].name);
        json_write_text(json, "sha256", result->outputs[i].sha256);
        json_write_end(json);
    }
    json_write_end(json);
    json_write_list(json, "notices");
    for (size_t i = 0; i < result->notice_count; i++) json_write_text(json, NULL, result->notices[i]);
    json_write_end(json);
}

fringe_status provenance_write(struct file_writer *file, const struct provenance_origin *origin,
                               const struct provenance_result *result, fringe_error *error)
{
    struct json_writer *json;
    struct facts facts;
    char *text = NULL, now[CLOCK_UTC_BYTES];
    size_t size;
    fringe_status status = json_write_begin(JSON_INDENTED, &json, error);
    if (status) return status;
    list_facts(origin, &facts);
    clock_utc(now);
    json_write_object(json, NULL);
    json_write_text(json, "fringe", fringe_version());
    json_write_text(json, "cpu_path", fringe_cpu_path());
    json_write_text(json, "made", now);
    write_input(json, &facts, result);
    if (origin->model) {
        write_model(json, &facts, origin->model);
    } else {
        write_beside(json, &facts, "image", &origin->measurement->image);
        write_beside(json, &facts, "probability_map", &origin->measurement->probability);
    }
    if (origin->measurement) write_forest(json, &facts, &origin->measurement->faults);
    json_write_object(json, "parameters");
    write_facts(json, &facts, "parameters");
    json_write_end(json);
    write_result(json, origin, result);
    write_outputs(json, result);
    status = json_write_finish(json, &text, &size, error);
    if (!status) status = file_writer_cut(file, 0, error);
    if (!status) {
        status = file_writer_write(file, text, size, error);
        if (!status) status = file_writer_commit(file, error);
    }
    alloc_free(text);
    return status;
}

fringe_status provenance_digest(const struct provenance_origin *origin, char text[DIGEST_TEXT_BYTES],
                                fringe_error *error)
{
    static const char *const sections[] = {"input", "model", "forest", "parameters"};
    struct json_writer *json;
    struct facts facts;
    char *words;
    size_t size;
    fringe_status status = json_write_begin(JSON_ONE_LINE, &json, error);
    if (status) return status;
    list_facts(origin, &facts);
    json_write_object(json, NULL);
    json_write_text(json, "fringe", fringe_version());
    json_write_text(json, "cpu_path", fringe_cpu_path());
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        json_write_object(json, sections[i]);
        write_facts(json, &facts, sections[i]);
        json_write_end(json);
    }
    json_write_end(json);
    status = json_write_finish(json, &words, &size, error);
    if (!status) digest_bytes(words, size, text);
    alloc_free(words);
    return status;
}

struct provenance_record {
    struct text_tree *tree;
    const struct text_node *root;
};

fringe_status provenance_read(const char *path, struct provenance_record **record, fringe_error *error)
{
    unsigned char *bytes = NULL;
    size_t size;
    struct provenance_record *made = NULL;
    *record = NULL;
    fringe_status status = file_read_all(path, TEXT_TREE_MOST_BYTES, &bytes, &size, error);
    if (status) return status;
    made = alloc_array(1, sizeof *made);
    status =
        made ? json_read(bytes, size, path, &made->tree, error) : failure_memory(error, path, sizeof *made);
    if (status) goto done;
    made->root = text_tree_root(made->tree);
    if (!text_tree_find(made->root, "fringe") || !text_tree_find(made->root, "parameters")) {
        status = failure_set(error, FRINGE_FORMAT,
                             "%s: is no provenance of Fringe's: fringe or parameters is missing", path);
        goto done;
    }
    *record = made;
    made = NULL;
done:
    provenance_free(made);
    alloc_free(bytes);
    return status;
}

const struct text_node *provenance_root(const struct provenance_record *record)
{
    return record->root;
}

void provenance_free(struct provenance_record *record)
{
    if (!record) return;
    text_tree_free(record->tree);
    alloc_free(record);
}

/* Text behind text, cut where the room ends. */
__attribute__((format(printf, 3, 4))) static void append(char *words, size_t size, const char *format, ...)
{
    size_t used = strlen(words);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words + used, size - used, format, arguments);
    va_end(arguments);
}

/* The value as the file would hold it: numbers are written and read by the same rule. */
static const char *fact_text(const struct fact *fact, char number[NUMBER_TEXT_BYTES])
{
    if (fact->kind == FACT_FLAG) return fact->number != 0 ? "true" : "false";
    return fact->kind == FACT_NUMBER ? number_text_exact(fact->number, number) : fact->text;
}

static void compare_fact(const struct text_node *root, const struct fact *fact, char *words, size_t size)
{
    char number[NUMBER_TEXT_BYTES];
    const char *now = fact_text(fact, number);
    const char *then = text_tree_text(text_tree_find(root, fact->section), fact->key, "nothing");
    if (!strcmp(then, now)) return;
    if (fact->kind == FACT_FLAG) {
        if (fact->number != 0)
            append(words, size, "%swithout %s, now with it", *words ? ", " : "", fact->label);
        return;
    }
    /* Twelve digits tell digests apart for people. */
    int most = fact->kind == FACT_DIGEST ? 12 : 120;
    append(words, size, "%swith %s %.*s, now %.*s", *words ? ", " : "", fact->label, most, then, most, now);
}

/* What decides a result, by kind; each command has its own. */
struct decided_by {
    int model, measurement, forest;
};

static const char *command_name(struct decided_by by)
{
    if (by.model) return by.measurement ? "analyze" : "segment";
    return by.forest ? "classify" : "measure";
}

/* Where another command made the result, and that says nothing of what this one needs, its name is the whole
 * difference: nobody is helped by a list of options that were nothing. An analysis has all that a
 * segmentation has. */
static void compare_commands(const struct text_node *root, const struct provenance_origin *origin,
                             char *words, size_t size)
{
    const struct text_node *forest = text_tree_find(root, "forest");
    const struct provenance_measurement *measurement = origin->measurement;
    struct decided_by then = {text_tree_find(root, "model") != NULL, forest != NULL,
                              strcmp(text_tree_text(forest, "sha256", "none"), "none") != 0},
                      now = {origin->model != NULL, measurement != NULL,
                             measurement && measurement->faults.sha256};
    if (then.model != now.model || (now.measurement && !then.measurement))
        snprintf(words, size, "by fringe %s, now by fringe %s", command_name(then), command_name(now));
}

int provenance_differs(const struct provenance_record *record, const struct provenance_origin *origin,
                       char *words, size_t size)
{
    struct facts facts;
    list_facts(origin, &facts);
    *words = 0;
    for (size_t i = 0; i < facts.count; i++) compare_fact(record->root, &facts.rows[i], words, size);
    if (*words) compare_commands(record->root, origin, words, size);
    return *words != 0;
}

const char *provenance_output_name(const struct provenance_record *record, size_t index)
{
    const struct text_node *outputs = text_tree_find(record->root, "outputs");
    const char *name = text_tree_text(text_tree_item(outputs, index), "name", NULL);
    return name && *name && path_name(name) == name && strcmp(name, ".") && strcmp(name, "..") ? name : NULL;
}
