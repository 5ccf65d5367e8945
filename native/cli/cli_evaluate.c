/* fringe evaluate: reads the options, has the methods scored, prints a table, CSV or JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_inputs.h"
#include "cli/cli_json.h"
#include "cli/cli_options.h"
#include "cli/cli_terminal.h"
#include "fringe/fringe.h"

static const char help[] =
    "usage: fringe evaluate [--truth DIR] [--model M]... [--baseline NAME,...] [options] FILES|DIRS...\n"
    "Scores networks and classical methods against label images: Dice, IoU, precision, recall, accuracy,\n"
    "distance of outlines, calibration error; with 95 % intervals over the images.\n"
    "  --truth DIR          where the labels of X.* lie: X.*, X-mask.*, X-classes.*; or beside each image\n"
    "  --model M            a folder, zip, .onnx file or installed model; may be given several times\n"
    "  --baseline NAME,...  classical methods; --baseline list names them\n"
    "  --classes V,V,...    label values of class 0, 1, ... (0,1,...; of two classes all but 0 are 1)\n"
    "  --ignore V           label value of pixels that are not scored\n"
    "  --csv                each image and all together, one line per method and class, as CSV\n"
    "  --json               the same, one JSON object a line\n"
    "  --repeats N, --seed S  of the bootstrap: drawings (1000), where they start (0)\n"
    "  --threshold T        foreground from this probability on, 0 to 1 (0.5)\n"
    "  --normalize HOW      none, zscore, minmax or percentile, instead of the models' own\n"
    "  --pixel-size NM      pixel size of the inputs in nm, instead of their calibration\n"
    "  --resample HOW       auto: to the model's pixel size (default); off; or a size in nm\n"
    "  --mirror             mean over four mirrored views: more accurate, four times slower\n"
    "  --exclude-bottom PX  rows to leave out at the bottom; otherwise data bars are detected\n"
    "  --threads N          0 for all processors (default); does not change the result\n"
    "  --recursive          go into subfolders of DIRS\n"
    "  --files-from F       more inputs from a file, one a line; - for standard input\n"
    "An option given twice takes its last value, but for --model and --baseline.\n"
    "Exit: 0 done, 1 failed, 2 usage, 3 model, 4 cancelled.\n";

static const char *const extents[] = {"image", "pooled", "mean"};

struct request {
    struct cli_texts models, baselines;
    const char *classes, *resample, *files_from;
    int csv, json;
    int32_t threads;
    fringe_evaluate_options evaluation;
    const char *baseline_names[CLI_MOST_TEXTS];
    int32_t class_values[FRINGE_EVALUATE_MOST_CLASSES];
};

/* ---- printing ---- */

static void print_score(double value, int digits)
{
    if (isnan(value))
        printf(" %9s", "-");
    else
        printf(" %9.*f", digits, value);
}

/* One line of the table: what a person compares first. */
static void print_line(const fringe_evaluate_row *row, fringe_score boundary)
{
    const fringe_score shown[] = {
        FRINGE_SCORE_IOU, FRINGE_SCORE_PRECISION,        FRINGE_SCORE_RECALL, FRINGE_SCORE_ACCURACY,
        boundary,         FRINGE_SCORE_CALIBRATION_ERROR};
    const char *slash = strrchr(row->method, '/');
    printf("%-24.24s %-12.12s", slash && slash[1] ? slash + 1 : row->method, row->class_name);
    print_score(row->values[FRINGE_SCORE_DICE], 4);
    if (isnan(row->low[FRINGE_SCORE_DICE]))
        printf("  %-15s", "");
    else
        printf("  %.4f - %.4f", row->low[FRINGE_SCORE_DICE], row->high[FRINGE_SCORE_DICE]);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) print_score(row->values[shown[i]], 4);
    putchar('\n');
}

/* Whether distances are known in nm. */
static int has_nm(const fringe_evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->row_count; i++)
        if (!isnan(evaluation->rows[i].values[FRINGE_SCORE_BOUNDARY_NM])) return 1;
    return 0;
}

/* Of two classes the second alone: what is not particle is background. */
static void print_table(const fringe_evaluation *evaluation)
{
    int nm = has_nm(evaluation);
    for (fringe_evaluate_extent extent = FRINGE_EVALUATE_POOLED; extent <= FRINGE_EVALUATE_MEAN; extent++) {
        if (extent == FRINGE_EVALUATE_MEAN && evaluation->image_count == 1) break;
        printf(extent == FRINGE_EVALUATE_POOLED ? "%zu image%s, all pixels together\n"
                                                : "\nmean of the scores of %zu image%s\n",
               evaluation->image_count, evaluation->image_count == 1 ? "" : "s");
        printf("%-24s %-12s %9s  %-15s %9s %9s %9s %9s %9s %9s\n", "method", "class", "Dice", "95 % interval",
               "IoU", "precision", "recall", "accuracy", nm ? "edge nm" : "edge px", "calib.");
        for (size_t i = 0; i < evaluation->row_count; i++) {
            const fringe_evaluate_row *row = &evaluation->rows[i];
            if (row->extent == extent && (evaluation->class_count > 2 || row->class_index == 1))
                print_line(row, nm ? FRINGE_SCORE_BOUNDARY_NM : FRINGE_SCORE_BOUNDARY_PX);
        }
    }
}

/* RFC 4180: quotes around what holds a comma, a quote or a line end. */
static void print_field(const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"') putchar('"');
        putchar(*text);
    }
    putchar('"');
}

static void print_value(double value)
{
    if (isnan(value))
        putchar(',');
    else
        printf(",%.6g", value);
}

static void print_csv(const fringe_evaluation *evaluation)
{
    fputs("method,extent,image,class", stdout);
    for (fringe_score m = 0; m < FRINGE_SCORE_COUNT; m++) printf(",%s", fringe_score_name(m));
    for (fringe_score m = 0; m < FRINGE_SCORE_COUNT; m++)
        printf(",%s_low,%s_high", fringe_score_name(m), fringe_score_name(m));
    putchar('\n');
    for (size_t i = 0; i < evaluation->row_count; i++) {
        const fringe_evaluate_row *row = &evaluation->rows[i];
        print_field(row->method);
        printf(",%s,", extents[row->extent]);
        print_field(row->image);
        putchar(',');
        print_field(row->class_name);
        for (int m = 0; m < FRINGE_SCORE_COUNT; m++) print_value(row->values[m]);
        for (int m = 0; m < FRINGE_SCORE_COUNT; m++) {
            print_value(row->low[m]);
            print_value(row->high[m]);
        }
        putchar('\n');
    }
}

static void print_json(const fringe_evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->row_count; i++) {
        const fringe_evaluate_row *row = &evaluation->rows[i];
        struct cli_json json = {.stream = stdout};
        cli_json_open(&json, '{');
        cli_json_put_text(&json, "method", row->method);
        cli_json_put_text(&json, "extent", extents[row->extent]);
        if (row->extent == FRINGE_EVALUATE_IMAGE) cli_json_put_text(&json, "image", row->image);
        cli_json_put_text(&json, "class", row->class_name);
        for (fringe_score m = 0; m < FRINGE_SCORE_COUNT; m++)
            cli_json_put_number(&json, fringe_score_name(m), row->values[m]);
        for (fringe_score m = 0; m < FRINGE_SCORE_COUNT && row->extent != FRINGE_EVALUATE_IMAGE; m++) {
            char key[64];
            snprintf(key, sizeof key, "%s_interval", fringe_score_name(m));
            cli_json_key(&json, key);
            cli_json_open(&json, '[');
            cli_json_number(&json, row->low[m]);
            cli_json_number(&json, row->high[m]);
            cli_json_close(&json, ']');
        }
        cli_json_close(&json, '}');
        cli_json_end_line(&json);
    }
}

/* ---- options ---- */

static int list_baselines(void)
{
    for (int i = 0; fringe_evaluate_baseline_name(i); i++)
        printf("%-18s %s\n", fringe_evaluate_baseline_name(i), fringe_evaluate_baseline_purpose(i));
    return CLI_DONE;
}

/* Takes the names in a list apart by commas; 0 after saying which is not known. */
static int read_baselines(const struct cli_line *line, const char *list, struct request *request)
{
    fringe_evaluate_options *options = &request->evaluation;
    for (size_t length; *list; list += length + (list[length] == ',')) {
        int found = 0;
        length = strcspn(list, ",");
        const char *name = fringe_evaluate_baseline_name(0);
        while (name && (strlen(name) != length || strncmp(name, list, length) != 0))
            name = fringe_evaluate_baseline_name(++found);
        if (!name)
            return cli_options_wrong(line, "--baseline: '%.*s' is no method; --baseline list names them",
                                     (int)(length < 64 ? length : 64), list),
                   0;
        if (options->baseline_count == CLI_MOST_TEXTS)
            return cli_options_wrong(line, "--baseline: more than %d methods", CLI_MOST_TEXTS), 0;
        request->baseline_names[options->baseline_count++] = name;
    }
    return 1;
}

/* Label values with commas between them; 0 after saying what is wrong. */
static int read_classes(const struct cli_line *line, const char *list, struct request *request)
{
    fringe_evaluate_options *options = &request->evaluation;
    options->classes = request->class_values;
    for (size_t length;; list += length + 1) {
        char text[16];
        double value;
        length = strcspn(list, ",");
        snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : sizeof text), list);
        if (!cli_options_number(line, "--classes", text, 0, 255, &value)) return 0;
        if (value != floor(value))
            return cli_options_wrong(line, "--classes: %s is not a whole number", text), 0;
        if (options->class_count == FRINGE_EVALUATE_MOST_CLASSES)
            return cli_options_wrong(line, "--classes: more than %d values", FRINGE_EVALUATE_MOST_CLASSES), 0;
        request->class_values[options->class_count++] = (int32_t)value;
        if (!list[length]) return 1;
    }
}

static int evaluate_inputs(const struct request *request, const struct cli_inputs *inputs)
{
    fringe_error error;
    fringe_run *run = NULL;
    fringe_evaluation evaluation = {0};
    fringe_status status = cli_terminal_begin(request->threads, &run, &error);
    if (!status)
        status =
            fringe_evaluate(inputs->paths, inputs->count, &request->evaluation, run, &evaluation, &error);
    int code = cli_terminal_end(run, status, &error);
    if (code == CLI_DONE && request->json)
        print_json(&evaluation);
    else if (code == CLI_DONE && request->csv)
        print_csv(&evaluation);
    else if (code == CLI_DONE)
        print_table(&evaluation);
    fringe_evaluation_free(&evaluation);
    return code;
}

int cli_evaluate_run(int argc, char **argv)
{
    struct request request = {0};
    int normalize = -1, code;
    double seed = 0;
    fringe_evaluate_options *evaluation = &request.evaluation;
    fringe_segment_options *segment = &evaluation->segment;
    fringe_evaluate_options_init(evaluation);
    const struct cli_option options[] = {
        {"--truth", CLI_OPTION_TEXT, &evaluation->truth_directory, 0, 0, NULL},
        {"--model", CLI_OPTION_TEXTS, &request.models, 0, 0, NULL},
        {"--baseline", CLI_OPTION_TEXTS, &request.baselines, 0, 0, NULL},
        {"--classes", CLI_OPTION_TEXT, &request.classes, 0, 0, NULL},
        {"--ignore", CLI_OPTION_INTEGER, &evaluation->ignore, 0, 255, NULL},
        {"--csv", CLI_OPTION_FLAG, &request.csv, 0, 0, NULL},
        {"--json", CLI_OPTION_FLAG, &request.json, 0, 0, NULL},
        {"--repeats", CLI_OPTION_INTEGER, &evaluation->repeats, 1, 1000000, NULL},
        {"--seed", CLI_OPTION_NUMBER, &seed, 0, CLI_LARGEST_SEED, NULL},
        {"--threshold", CLI_OPTION_NUMBER, &segment->threshold, 0, 1, NULL},
        {"--normalize", CLI_OPTION_WORD, &normalize, 0, 0, cli_options_normalizations},
        {"--pixel-size", CLI_OPTION_NUMBER, &segment->pixel_size_nm, CLI_SMALLEST_NM, CLI_LARGEST_NM, NULL},
        {"--resample", CLI_OPTION_TEXT, &request.resample, 0, 0, NULL},
        {"--mirror", CLI_OPTION_FLAG, &segment->mirror, 0, 0, NULL},
        {"--exclude-bottom", CLI_OPTION_INTEGER, &segment->exclude_bottom_px, 0, INT32_MAX, NULL},
        {"--threads", CLI_OPTION_INTEGER, &request.threads, 0, CLI_MOST_THREADS, NULL},
        {"--recursive", CLI_OPTION_FLAG, &evaluation->recursive, 0, 0, NULL},
        {"--files-from", CLI_OPTION_TEXT, &request.files_from, 0, 0, NULL},
        {0}};
    struct cli_line line = {.command = "evaluate", .help = help, .options = options};
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    if (request.baselines.count == 1 && !strcmp(request.baselines.items[0], "list")) return list_baselines();
    if (request.csv && request.json)
        return cli_options_wrong(&line, "--csv and --json contradict each other");
    if (!request.models.count && !request.baselines.count)
        return cli_options_wrong(&line, "--model or --baseline is missing");
    if (!cli_options_resample(&line, request.resample, &segment->resample, &segment->resample_nm))
        return CLI_USAGE;
    if (!cli_options_seed(&line, seed, &evaluation->seed)) return CLI_USAGE;
    if (request.classes && !read_classes(&line, request.classes, &request)) return CLI_USAGE;
    for (size_t i = 0; i < request.baselines.count; i++)
        if (!read_baselines(&line, request.baselines.items[i], &request)) return CLI_USAGE;
    if (normalize >= 0) segment->normalize = (fringe_normalize)(FRINGE_NORMALIZE_NONE + normalize);
    evaluation->models = request.models.items;
    evaluation->model_count = request.models.count;
    evaluation->baselines = request.baseline_names;

    struct cli_inputs inputs;
    code = cli_inputs_gather(&inputs, &line, request.files_from);
    if (code == CLI_DONE) code = evaluate_inputs(&request, &inputs);
    cli_inputs_free(&inputs);
    return code;
}
