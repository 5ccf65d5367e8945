#include "train/forest_training.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "forest/forest_judge.h"
#include "forest/forest_onnx.h"
#include "forest/forest_predict.h"
#include "forest/isotonic.h"
#include "fringe/version.h"
#include "train/forest_crops.h"
#include "train/npy_write.h"
#include "train/yaml_text.h"

enum { SHOWN_DIGITS = 4, MOST_TEST_ROWS = 64 };
static const char FOREST[] = "forest.onnx", DESCRIPTION[] = "rdf.yaml", RECIPE[] = "recipe.yaml",
                  CARD[] = "README.md", TEST_INPUT[] = "test_input.npy", TEST_OUTPUT[] = "test_output.npy";

struct forest_job {
    const struct forest_recipe *recipe;
    const char *directory;
    const fringe_run *run;
    struct forest_samples samples;
    struct forest *forest;
    double *importance; /* (feature_count) */
    float *unseen; /* (row_count, class_count) out-of-bag probabilities; NULL where every tree saw all rows */
    double accuracy;         /* by them */
    struct isotonic *curves; /* (class_count); NULL: not calibrated */
};

static fringe_status begin(const struct forest_job *job, const char *name, struct file_writer *writer,
                           fringe_error *error)
{
    char *path = path_join(job->directory, name);
    if (!path) return failure_memory(error, name, strlen(job->directory));
    fringe_status status = file_writer_begin(writer, path, error);
    alloc_free(path);
    return status;
}

static fringe_status read_samples(struct forest_job *job, fringe_error *error)
{
    const struct forest_recipe *recipe = job->recipe;
    char *path = path_join(recipe->folder, recipe->table ? recipe->table : recipe->crops);
    if (!path) return failure_memory(error, "a path", strlen(recipe->folder));
    fringe_status status = recipe->table
                               ? forest_samples_read(path, &recipe->columns, &job->samples, error)
                               : forest_crops_read(path, &recipe->columns, job->run, &job->samples, error);
    alloc_free(path);
    return status;
}

/* One curve a class, through the probabilities by trees that have not seen the row. Rows that every tree saw
 * have none: their probabilities sum to 0. */
static fringe_status calibrate(struct forest_job *job, fringe_error *error)
{
    const struct forest_table *table = &job->samples.table;
    uint32_t classes = table->class_count;
    float *scores = alloc_array(table->row_count, sizeof *scores);
    unsigned char *outcomes = alloc_array(table->row_count, sizeof *outcomes);
    job->curves = alloc_array(classes, sizeof *job->curves);
    fringe_status status = scores && outcomes && job->curves
                               ? FRINGE_OK
                               : failure_memory(error, "a calibration", table->row_count * sizeof *scores);
    for (uint32_t k = 0; k < classes && !status; k++) {
        size_t count = 0;
        for (size_t i = 0; i < table->row_count; i++) {
            const float *row = job->unseen + i * classes;
            float sum = 0;
            for (uint32_t c = 0; c < classes; c++) sum += row[c];
            if (!(sum > 0)) continue;
            scores[count] = row[k];
            outcomes[count++] = table->classes[i] == k;
        }
        status = isotonic_fit(scores, outcomes, count, &job->curves[k], error);
    }
    alloc_free(scores);
    alloc_free(outcomes);
    return status;
}

static fringe_status grow(struct forest_job *job, fringe_error *error)
{
    const struct forest_table *table = &job->samples.table;
    const struct forest_settings *settings = &job->recipe->settings;
    job->importance = alloc_array(table->feature_count, sizeof *job->importance);
    if (!job->importance) return failure_memory(error, "a forest", table->feature_count);
    const char *const *names = job->samples.class_names;
    if (job->recipe->is_boosted)
        return forest_boost(&job->recipe->boost, table, names, job->run, &job->forest, job->importance,
                            error);
    fringe_status status =
        forest_grow(settings, table, names, job->run, &job->forest, job->importance, error);
    if (status || !settings->bootstrap) return status;
    job->unseen = alloc_array(table->row_count, table->class_count * sizeof *job->unseen);
    if (!job->unseen) return failure_memory(error, "probabilities", table->row_count * sizeof(float));
    status =
        forest_judge_out_of_bag(job->forest, settings, table, job->run, job->unseen, &job->accuracy, error);
    return !status && job->recipe->calibrate ? calibrate(job, error) : status;
}

/* ---- files ---- */

/* Rows from all over the table, and the forest's own probabilities: a curve changes them, but whatever runs
 * ONNX gives these. */
static fringe_status write_tests(const struct forest_job *job, fringe_error *error)
{
    const struct forest_table *table = &job->samples.table;
    size_t rows = table->row_count < MOST_TEST_ROWS ? table->row_count : MOST_TEST_ROWS;
    size_t features = table->feature_count, classes = table->class_count;
    float *values = alloc_array(rows * features, sizeof *values);
    float *probabilities = alloc_array(rows * classes, sizeof *probabilities);
    char *input = path_join(job->directory, TEST_INPUT), *output = path_join(job->directory, TEST_OUTPUT);
    fringe_status status = values && probabilities && input && output
                               ? FRINGE_OK
                               : failure_memory(error, "test tensors", rows * features * sizeof *values);
    for (size_t i = 0; i < rows && !status; i++)
        memcpy(values + i * features, table->values + i * table->row_count / rows * features,
               features * sizeof *values);
    if (!status) status = forest_predict(job->forest, values, rows, job->run, probabilities, error);
    if (!status)
        status = npy_write(input, values, 2, (const int64_t[]){(int64_t)rows, (int64_t)features}, error);
    if (!status)
        status =
            npy_write(output, probabilities, 2, (const int64_t[]){(int64_t)rows, (int64_t)classes}, error);
    alloc_free(values);
    alloc_free(probabilities);
    alloc_free(input);
    alloc_free(output);
    return status;
}

/* A text in a cell of the card's tables. */
static void put_cell(FILE *stream, const char *text)
{
    for (; *text; text++)
        if (*text == '|' || *text == '\n' || *text == '\r')
            fputs(*text == '|' ? "\\|" : " ", stream);
        else
            fputc(*text, stream);
    fputs(" | ", stream);
}

static void put_numbers(FILE *stream, const char *key, const double *numbers, size_t count)
{
    char text[NUMBER_TEXT_BYTES];
    fprintf(stream, "%s: [", key);
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "%s%s", i ? ", " : "", number_text_exact(numbers[i], text));
    fputs("]\n", stream);
}

static fringe_status write_recipe(const struct forest_job *job, fringe_error *error)
{
    struct file_writer writer;
    fringe_status status = begin(job, RECIPE, &writer, error);
    if (status) return status;
    fwrite(job->recipe->bytes, 1, job->recipe->byte_count, writer.stream);
    return file_writer_commit(&writer, error);
}

/* Rows are the true classes. Counted anew for each cell: tables of classes are small. */
static void put_confusion(const struct forest_job *job, FILE *stream)
{
    const struct forest_table *table = &job->samples.table;
    uint32_t classes = table->class_count;
    fputs("\n| true class | ", stream);
    for (uint32_t k = 0; k < classes; k++) put_cell(stream, job->samples.class_names[k]);
    fputs("\n|---|", stream);
    for (uint32_t k = 0; k < classes; k++) fputs("---|", stream);
    for (uint32_t truth = 0; truth < classes; truth++) {
        fputs("\n| ", stream);
        put_cell(stream, job->samples.class_names[truth]);
        for (uint32_t named = 0; named < classes; named++) {
            size_t count = 0;
            for (size_t i = 0; i < table->row_count; i++)
                count += table->classes[i] == truth &&
                         forest_predict_class(job->forest, job->unseen + i * classes) == named;
            fprintf(stream, "%zu | ", count);
        }
    }
    fputs("\n", stream);
}

static fringe_status write_card(const struct forest_job *job, fringe_error *error)
{
    enum { MOST_CONFUSED = 32 };
    const struct forest_recipe *recipe = job->recipe;
    const struct forest_table *table = &job->samples.table;
    char text[NUMBER_TEXT_BYTES];
    struct file_writer writer;
    fringe_status status = begin(job, CARD, &writer, error);
    if (status) return status;
    FILE *stream = writer.stream;
    fprintf(stream, "# %s\n\n%s\n\n", recipe->name, recipe->description);
    fprintf(stream, "Made by `fringe train` (Fringe %s) from `%s` in this folder.\n\n", fringe_version(),
            RECIPE);
    fprintf(stream, "| | |\n|---|---|\n| forest | %u trees, %zu nodes |\n", (unsigned)job->forest->tree_count,
            job->forest->node_count);
    fprintf(stream, "| trained on | %zu rows, %u features (version %lld), %u classes |\n", table->row_count,
            (unsigned)table->feature_count, (long long)recipe->feature_version, (unsigned)table->class_count);
    fprintf(stream, "| SHA-256 of the %s | `%s` |\n| SHA-256 of the recipe | `%s` |\n",
            recipe->table ? "table" : "crops' names and digests", job->samples.sha256, recipe->sha256);
    if (job->unseen) {
        fprintf(stream, "| accuracy, each row by the trees that have not seen it | %s |\n",
                number_text(job->accuracy, SHOWN_DIGITS, text));
        if (table->class_count <= MOST_CONFUSED) put_confusion(job, stream);
        fputs("\nRows of one image, or of one particle, resemble each other: on other images the forest does "
              "worse.\n",
              stream);
    }
    fprintf(stream, "\n| feature | share of %s |\n|---|---|\n",
            recipe->is_boosted ? "what the splits gain" : "the impurity that its splits take away");
    for (uint32_t f = 0; f < table->feature_count; f++) {
        fputs("| ", stream);
        put_cell(stream, job->samples.feature_names[f]);
        fprintf(stream, "%s |\n", number_text(job->importance[f], SHOWN_DIGITS, text));
    }
    return file_writer_commit(&writer, error);
}

static fringe_status write_description(const struct forest_job *job, fringe_error *error)
{
    const struct forest_recipe *recipe = job->recipe;
    const struct forest_table *table = &job->samples.table;
    struct file_writer writer;
    fringe_status status = begin(job, DESCRIPTION, &writer, error);
    if (status) return status;
    FILE *stream = writer.stream;
    fputs("format_version: 0.5.4\ntype: model\n", stream);
    yaml_text_put(stream, "name: ", recipe->name);
    yaml_text_put(stream, "description: ", recipe->description);
    yaml_text_put(stream, "version: 0.1.0\nauthors:\n- name: ", recipe->author);
    yaml_text_put(stream, "license: ", recipe->license);
    fprintf(stream, "documentation: %s\ntags: [electron-microscopy, %s, fringe]\n", CARD,
            recipe->is_boosted ? "boosted-trees" : "random-forest");
    fputs("inputs:\n- id: features\n  axes:\n  - type: batch\n  - type: channel\n    channel_names:\n",
          stream);
    for (uint32_t f = 0; f < table->feature_count; f++)
        yaml_text_put(stream, "    - ", job->samples.feature_names[f]);
    fputs("  data:\n    type: float32\n  test_tensor:\n", stream);
    status = yaml_text_put_file(stream, "    ", job->directory, TEST_INPUT, error);
    fputs("outputs:\n- id: probabilities\n  axes:\n  - type: batch\n  - type: channel\n    channel_names:\n",
          stream);
    for (uint32_t k = 0; k < table->class_count; k++)
        yaml_text_put(stream, "    - ", job->samples.class_names[k]);
    fputs("  data:\n    type: float32\n  test_tensor:\n", stream);
    if (!status) status = yaml_text_put_file(stream, "    ", job->directory, TEST_OUTPUT, error);
    fputs("weights:\n  onnx:\n", stream);
    if (!status) status = yaml_text_put_file(stream, "    ", job->directory, FOREST, error);
    fputs("    opset_version: 17\n", stream);
    fprintf(stream, "config:\n  fringe:\n    data_sha256: %s\n    recipe_sha256: %s\n", job->samples.sha256,
            recipe->sha256);
    fprintf(stream, "    features:\n      version: %lld\n      names:\n", (long long)recipe->feature_version);
    for (uint32_t f = 0; f < table->feature_count; f++)
        yaml_text_put(stream, "      - ", job->samples.feature_names[f]);
    if (job->curves) fputs("    calibration:\n", stream);
    for (uint32_t k = 0; job->curves && k < table->class_count; k++) {
        put_numbers(stream, "    - scores", job->curves[k].scores, job->curves[k].count);
        put_numbers(stream, "      values", job->curves[k].values, job->curves[k].count);
    }
    if (!status) return file_writer_commit(&writer, error);
    file_writer_discard(&writer);
    return status;
}

/* The description goes first and comes last: a folder with one is whole. */
static fringe_status write_all(const struct forest_job *job, fringe_error *error)
{
    char *path = path_join(job->directory, FOREST), *description = path_join(job->directory, DESCRIPTION);
    fringe_status status = path && description ? file_remove(description, error)
                                               : failure_memory(error, FOREST, strlen(job->directory));
    if (!status) status = forest_onnx_write(path, job->forest, error);
    if (!status) status = write_tests(job, error);
    if (!status) status = write_recipe(job, error);
    if (!status) status = write_card(job, error);
    if (!status) status = write_description(job, error);
    alloc_free(path);
    alloc_free(description);
    return status;
}

static fringe_status refuse_finished(const struct forest_job *job, fringe_error *error)
{
    struct file_facts facts;
    char *path = path_join(job->directory, DESCRIPTION);
    if (!path) return failure_memory(error, DESCRIPTION, strlen(job->directory));
    file_look(path, &facts);
    fringe_status status = FRINGE_OK;
    if (facts.kind != FILE_ABSENT)
        status = failure_set(error, FRINGE_EXISTS, "%s: a trained forest is there already", path);
    alloc_free(path);
    return status;
}

fringe_status forest_training_run(const struct forest_recipe *recipe, const char *directory, int overwrite,
                                  const fringe_run *run, fringe_error *error)
{
    struct forest_job job = {.recipe = recipe, .directory = directory, .run = run};
    fringe_status status = overwrite ? FRINGE_OK : refuse_finished(&job, error);
    if (!status) status = read_samples(&job, error);
    if (!status) status = grow(&job, error);
    if (!status) status = file_make_directories(directory, error);
    if (!status) status = write_all(&job, error);
    for (uint32_t k = 0; job.curves && k < job.samples.table.class_count; k++) isotonic_clear(&job.curves[k]);
    alloc_free(job.curves);
    alloc_free(job.importance);
    alloc_free(job.unseen);
    forest_free(job.forest);
    forest_samples_clear(&job.samples);
    return status;
}
