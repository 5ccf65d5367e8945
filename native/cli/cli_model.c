/* fringe model info | test | time | install: what a model is, whether it computes what it should, how fast it
 * is, and a place for it where it is found by its name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_json.h"
#include "cli/cli_options.h"
#include "cli/cli_terminal.h"
#include "fringe/fringe.h"

enum { LARGEST_SIDE_PX = 65536, MOST_RUNS = 100000 };

static const char help[] =
    "usage: fringe model info M | test M | time M --size N | install M\n"
    "M is a folder, zip or .onnx file, or the name of an installed model.\n"
    "  info  what the model is: operators, parameters, receptive field, cost and memory per size;\n"
    "        of a forest its features, classes and trees\n"
    "  test  runs the model's own test tensors and compares\n"
    "  time  times the network alone\n"
    "  install  tests a package and copies it to where it is found by its name\n"
    "'fringe model info --help' and so on say more. Exit: 0 done, 2 usage, 3 model, 4 cancelled.\n";

static const char info_help[] =
    "usage: fringe model info M [--size N] [--json]\n"
    "Describes a model, a network or a forest of trees: a folder, zip or .onnx file, or the name of an\n"
    "installed one.\n"
    "  --size N  side of the square image that the memory is told for (2048)\n"
    "  --json    one JSON object on standard output\n"
    "Exit: 0 done, 2 usage, 3 the model cannot be used.\n";

static const char test_help[] =
    "usage: fringe model test M [--threads N]\n"
    "Runs a model's own test tensors and compares: those that a package names, of a network or a\n"
    "forest, or the folders test_data_set_N beside a model.onnx.\n"
    "  --threads N  0 for all processors (default)\n"
    "Exit: 0 they agree, 2 usage, 3 they differ or the model cannot be used, 4 cancelled.\n";

static const char time_help[] =
    "usage: fringe model time M --size N [--threads N] [--runs N]\n"
    "Times the network alone, without reading, preparing or writing, on a random image.\n"
    "  --size N     side of the square image in pixels\n"
    "  --threads N  0 for all processors (default)\n"
    "  --runs N     runs to time, after one to warm up (10)\n"
    "Prints 'median X ms best Y ms'. Exit: 0 done, 2 usage, 3 model, 4 cancelled.\n";

static const char install_help[] =
    "usage: fringe model install M [--threads N]\n"
    "Runs the test tensors of a package, a folder or zip, and copies it where they agree into the user's\n"
    "models folder, fringe/models below XDG_DATA_HOME or ~/.local/share. From then on its name is enough,\n"
    "here and in ImageJ. A model of the same name is never replaced.\n"
    "  --threads N  0 for all processors (default)\n"
    "Prints the path of what was written. Exit: 0 done, 2 usage, 3 not installed, 4 cancelled.\n";

/* Loads a model with a run to use it; both are the caller's, on failure too. */
static fringe_status begin(const char *path, int threads, fringe_run **run, fringe_model **model,
                           fringe_error *error)
{
    fringe_status status = cli_terminal_begin(threads, run, error);
    return status ? status : fringe_model_load(path, *run, model, error);
}

/* Says what went wrong, frees, and gives the exit code: the model is all that there is to go wrong. */
static int end(fringe_status status, const fringe_error *error, fringe_run *run, fringe_model *model)
{
    fringe_model_free(model);
    int code = cli_terminal_end(run, status, error);
    return code == CLI_DONE || code == CLI_CANCELLED ? code : CLI_MODEL;
}

static int one_model(const struct cli_line *line, const char **path)
{
    if (line->operand_count != 1) {
        cli_options_wrong(line, "one model is needed, %d are named", line->operand_count);
        return 0;
    }
    *path = line->operands[0];
    return 1;
}

static void print_texts_json(struct cli_json *json, const char *key, const char *const *texts, int32_t count)
{
    cli_json_key(json, key);
    cli_json_open(json, '[');
    for (int32_t i = 0; i < count; i++) cli_json_text(json, texts[i]);
    cli_json_close(json, ']');
}

static void print_info_json(const fringe_model_info *info, int32_t height_px, int32_t width_px,
                            int64_t memory_bytes)
{
    struct cli_json json = {.stream = stdout};
    cli_json_open(&json, '{');
    cli_json_put_text(&json, "path", info->path);
    cli_json_put_text(&json, "name", info->name);
    cli_json_put_text(&json, "description", info->description);
    cli_json_put_text(&json, "version", info->version);
    cli_json_put_text(&json, "license", info->license);
    cli_json_put_text(&json, "format", info->format);
    cli_json_put_text(&json, "sha256", info->sha256);
    cli_json_put_text(&json, "preparation", info->preparation);
    cli_json_put_text(&json, "completion", info->completion);
    cli_json_put_text(&json, "outputs", info->outputs);
    print_texts_json(&json, "output_names", info->output_names, info->output_channels);
    cli_json_put_text(&json, "operators", info->operators);
    cli_json_put_number(&json, "opset", info->opset);
    cli_json_put_number(&json, "input_channels", info->input_channels);
    cli_json_put_number(&json, "output_channels", info->output_channels);
    cli_json_put_known(&json, "fixed_height", info->fixed_height_px);
    cli_json_put_known(&json, "fixed_width", info->fixed_width_px);
    cli_json_put_number(&json, "parameters", (double)info->parameter_count);
    cli_json_put_number(&json, "stride", info->stride_px);
    cli_json_put_known(&json, "receptive_field", info->receptive_field_px);
    cli_json_put_number(&json, "flop_per_px", info->flop_per_px);
    cli_json_put_number(&json, "streams", info->streams);
    cli_json_put_number(&json, "memory_height", height_px);
    cli_json_put_number(&json, "memory_width", width_px);
    cli_json_put_number(&json, "memory_bytes", (double)memory_bytes);
    cli_json_put_known(&json, "pixel_size", info->pixel_size_nm);
    cli_json_put_known(&json, "pixel_size_min", info->pixel_size_min_nm);
    cli_json_put_known(&json, "pixel_size_max", info->pixel_size_max_nm);
    cli_json_close(&json, '}');
    cli_json_end_line(&json);
}

static void print_line(const char *name, const char *text)
{
    printf("%-16s %s\n", name, *text ? text : "-");
}

static void print_info_text(const fringe_model_info *info, int32_t height_px, int32_t width_px,
                            int64_t memory_bytes)
{
    print_line("name", info->name);
    print_line("description", info->description);
    print_line("version", info->version);
    print_line("license", info->license);
    print_line("format", info->format);
    print_line("path", info->path);
    print_line("sha256", info->sha256);
    printf("%-16s %s, opset %d\n", "operators", info->operators, info->opset);
    printf("%-16s %lld\n", "parameters", (long long)info->parameter_count);
    printf("%-16s %d in, %d out:", "channels", info->input_channels, info->output_channels);
    for (int32_t i = 0; i < info->output_channels; i++) printf("%s %s", i ? "," : "", info->output_names[i]);
    printf("\n");
    print_line("read as", info->outputs);
    if (info->fixed_height_px > 0)
        printf("%-16s only %d x %d px\n", "input size", info->fixed_width_px, info->fixed_height_px);
    printf("%-16s %d px\n", "stride", info->stride_px);
    if (info->receptive_field_px > 0)
        printf("%-16s %d px\n", "receptive field", info->receptive_field_px);
    else
        print_line("receptive field", "the whole image");
    printf("%-16s %.6g per pixel\n", "FLOPs", info->flop_per_px);
    printf("%-16s %.1f MiB at %d x %d px%s\n", "memory", (double)memory_bytes / (1024 * 1024), width_px,
           height_px, info->streams ? ", in bands of rows" : ", the whole image at once");
    if (info->pixel_size_nm > 0) printf("%-16s %.6g nm\n", "pixel size", info->pixel_size_nm);
    if (info->pixel_size_max_nm > 0)
        printf("%-16s %.6g to %.6g nm per pixel\n", "trained for", info->pixel_size_min_nm,
               info->pixel_size_max_nm);
    print_line("preparation", info->preparation);
    print_line("completion", info->completion);
}

static void print_forest_json(const fringe_forest_info *info)
{
    struct cli_json json = {.stream = stdout};
    cli_json_open(&json, '{');
    cli_json_put_text(&json, "path", info->path);
    cli_json_put_text(&json, "name", info->name);
    cli_json_put_text(&json, "description", info->description);
    cli_json_put_text(&json, "version", info->version);
    cli_json_put_text(&json, "license", info->license);
    cli_json_put_text(&json, "format", info->format);
    cli_json_put_text(&json, "sha256", info->sha256);
    cli_json_put_number(&json, "trees", info->tree_count);
    cli_json_put_number(&json, "nodes", (double)info->node_count);
    cli_json_put_known(&json, "feature_version", (double)info->feature_version);
    cli_json_put_number(&json, "features", info->feature_count);
    print_texts_json(&json, "feature_names", info->feature_names,
                     info->feature_names ? info->feature_count : 0);
    print_texts_json(&json, "classes", info->class_names, info->class_count);
    cli_json_put_number(&json, "calibrated", info->calibrated);
    cli_json_close(&json, '}');
    cli_json_end_line(&json);
}

static void print_texts(const char *name, const char *const *texts, int32_t count)
{
    printf("%-16s %d:", name, count);
    for (int32_t i = 0; texts && i < count; i++) printf("%s %s", i ? "," : "", texts[i]);
    printf("%s\n", texts ? "" : " not named");
}

static void print_forest_text(const fringe_forest_info *info)
{
    print_line("name", info->name);
    print_line("description", info->description);
    print_line("version", info->version);
    print_line("license", info->license);
    print_line("format", info->format);
    print_line("path", info->path);
    print_line("sha256", info->sha256);
    printf("%-16s %d trees, %lld nodes\n", "forest", info->tree_count, (long long)info->node_count);
    print_texts("features", info->feature_names, info->feature_count);
    if (info->feature_version) printf("%-16s %lld\n", "their version", (long long)info->feature_version);
    print_texts("classes", info->class_names, info->class_count);
    print_line("probabilities", info->calibrated ? "calibrated" : "as the trees give them");
}

static int describe_forest(const char *path, int json)
{
    fringe_error error;
    fringe_forest *forest = NULL;
    fringe_forest_info info;
    fringe_status status = fringe_forest_load(path, &forest, &error);
    if (!status) fringe_forest_get_info(forest, &info);
    if (!status && json) print_forest_json(&info);
    if (!status && !json) print_forest_text(&info);
    fringe_forest_free(forest);
    return end(status, &error, NULL, NULL);
}

static int describe_model(int argc, char **argv)
{
    int32_t side_px = 2048;
    int json = 0, code;
    const char *path;
    const struct cli_option options[] = {{"--size", CLI_OPTION_INTEGER, &side_px, 1, LARGEST_SIDE_PX, NULL},
                                         {"--json", CLI_OPTION_FLAG, &json, 0, 0, NULL},
                                         {0}};
    struct cli_line line = {.command = "model info", .help = info_help, .options = options};
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    if (!one_model(&line, &path)) return CLI_USAGE;
    if (fringe_model_is_forest(path)) return describe_forest(path, json);

    fringe_error error;
    fringe_run *run = NULL;
    fringe_model *model = NULL;
    fringe_model_info info;
    int64_t memory_bytes;
    fringe_status status = begin(path, 1, &run, &model, &error);
    if (status) return end(status, &error, run, model);
    fringe_model_get_info(model, &info);
    /* A network of one fixed size is told for that size alone. */
    int32_t height_px = info.fixed_height_px > 0 ? info.fixed_height_px : side_px;
    int32_t width_px = info.fixed_width_px > 0 ? info.fixed_width_px : side_px;
    status = fringe_model_memory(model, height_px, width_px, &memory_bytes, &error);
    if (!status && json)
        print_info_json(&info, height_px, width_px, memory_bytes);
    else if (!status)
        print_info_text(&info, height_px, width_px, memory_bytes);
    return end(status, &error, run, model);
}

static int test_model(int argc, char **argv)
{
    int32_t threads = 0;
    int code;
    const char *path;
    const struct cli_option options[] = {
        {"--threads", CLI_OPTION_INTEGER, &threads, 0, CLI_MOST_THREADS, NULL}, {0}};
    struct cli_line line = {.command = "model test", .help = test_help, .options = options};
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    if (!one_model(&line, &path)) return CLI_USAGE;

    fringe_error error;
    fringe_run *run = NULL;
    fringe_model_check check = {0};
    fringe_status status = cli_terminal_begin(threads, &run, &error);
    if (!status) status = fringe_model_test(path, run, &check, &error);
    if (!status || status == FRINGE_MISMATCH)
        printf("%lld cases, %lld values, %lld outside the tolerance, largest difference %.3g "
               "(tolerance %.3g + %.3g relative)\n",
               (long long)check.case_count, (long long)check.value_count, (long long)check.mismatch_count,
               check.largest_difference, check.absolute_tolerance, check.relative_tolerance);
    return end(status, &error, run, NULL);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int time_model(int argc, char **argv)
{
    int32_t side_px = 0, threads = 0, runs = 10;
    int code;
    const char *path;
    const struct cli_option options[] = {
        {"--size", CLI_OPTION_INTEGER, &side_px, 1, LARGEST_SIDE_PX, NULL},
        {"--threads", CLI_OPTION_INTEGER, &threads, 0, CLI_MOST_THREADS, NULL},
        {"--runs", CLI_OPTION_INTEGER, &runs, 1, MOST_RUNS, NULL},
        {0}};
    struct cli_line line = {.command = "model time", .help = time_help, .options = options};
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    if (!one_model(&line, &path)) return CLI_USAGE;
    if (!side_px) return cli_options_wrong(&line, "--size is missing");

    fringe_error error;
    fringe_run *run = NULL;
    fringe_model *model = NULL;
    double *times_ms = calloc((size_t)runs, sizeof *times_ms);
    if (!times_ms) return cli_options_wrong(&line, "memory for %d times could not be had", runs);
    fringe_status status = begin(path, threads, &run, &model, &error);
    if (!status) fringe_run_set_progress(run, NULL, NULL); /* printing would be timed, too */
    if (!status) status = fringe_model_time(model, side_px, side_px, runs, run, times_ms, &error);
    if (!status) {
        qsort(times_ms, (size_t)runs, sizeof *times_ms, compare_doubles);
        double median_ms = (times_ms[(runs - 1) / 2] + times_ms[runs / 2]) / 2;
        printf("median %.3f ms best %.3f ms\n", median_ms, times_ms[0]);
    }
    free(times_ms);
    return end(status, &error, run, model);
}

static int install_model(int argc, char **argv)
{
    int32_t threads = 0;
    int code;
    const char *path;
    char installed[FRINGE_MODEL_PATH_BYTES];
    const struct cli_option options[] = {
        {"--threads", CLI_OPTION_INTEGER, &threads, 0, CLI_MOST_THREADS, NULL}, {0}};
    struct cli_line line = {.command = "model install", .help = install_help, .options = options};
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    if (!one_model(&line, &path)) return CLI_USAGE;

    fringe_error error;
    fringe_run *run = NULL;
    fringe_status status = cli_terminal_begin(threads, &run, &error);
    if (!status) status = fringe_model_install(path, run, installed, &error);
    if (!status) printf("%s\n", installed);
    return end(status, &error, run, NULL);
}

int cli_model_run(int argc, char **argv)
{
    static const char *const names[] = {"info", "test", "time", "install", NULL};
    static int (*const functions[])(int, char **) = {describe_model, test_model, time_model, install_model};
    const struct cli_option options[] = {{0}};
    struct cli_line line = {.command = "model", .help = help, .options = options};
    int code;
    for (int i = 0; argc > 0 && names[i]; i++)
        if (!strcmp(argv[0], names[i])) return functions[i](argc - 1, argv + 1);
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    if (line.operand_count == 0) return cli_options_wrong(&line, "info, test, time or install is missing");
    const char *nearest = cli_options_nearest(line.operands[0], names);
    if (nearest)
        return cli_options_wrong(&line, "unknown '%s'; did you mean '%s'?", line.operands[0], nearest);
    return cli_options_wrong(&line, "unknown '%s'; it is info, test, time or install", line.operands[0]);
}
