/* fringe train: reads the options, has a network trained, says how far it is. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_json.h"
#include "cli/cli_options.h"
#include "cli/cli_terminal.h"
#include "fringe/fringe.h"

static const char help[] =
    "usage: fringe train RECIPE.yaml -o MODEL_DIR [options]\n"
    "Trains a network on images with labels, or on simulated ones, as the recipe says. Writes a\n"
    "bioimage.io package: the network, test tensors, a card, the recipe, the curve of the loss. Killed\n"
    "or interrupted, the same command goes on where it was, and gives the same bytes. A recipe of\n"
    "`kind: forest` trains a forest on a table (CSV) of features and classes, or on a folder\n"
    "with one folder of particles' images for each class.\n"
    "  -o MODEL_DIR         write there\n"
    "  --from M             start from this network: a package's folder or an .onnx file\n"
    "  --threads N          0 for all processors (default); does not change the result\n"
    "  --overwrite          begin anew, whatever lies in MODEL_DIR\n"
    "  --json               one JSON object per epoch on standard output\n"
    "An option given twice takes its last value.\n"
    "Exit: 0 done, 1 failed, 2 usage, 3 model, 4 cancelled.\n";

/* What the listener keeps. */
struct report {
    int json;
    int32_t epoch; /* the last that was told */
};

static void print_epoch(void *user, const fringe_train_progress *progress)
{
    struct report *report = user;
    if (progress->epoch <= report->epoch) return;
    report->epoch = progress->epoch;
    if (!report->json) {
        char validation[64] = "";
        if (!isnan(progress->score))
            snprintf(validation, sizeof validation, ", validation %.4g, mean IoU %.4f",
                     progress->validation_loss, progress->score);
        cli_terminal_say("epoch %d: loss %.4g%s", (int)progress->epoch, progress->loss, validation);
        return;
    }
    struct cli_json json = {.stream = stdout};
    cli_terminal_clear();
    cli_json_open(&json, '{');
    cli_json_put_number(&json, "epoch", progress->epoch);
    cli_json_put_number(&json, "step", (double)progress->step);
    cli_json_put_number(&json, "steps", (double)progress->step_count);
    cli_json_put_number(&json, "loss", progress->loss);
    cli_json_put_number(&json, "validation_loss", progress->validation_loss);
    cli_json_put_number(&json, "mean_iou", progress->score);
    cli_json_put_number(&json, "best_mean_iou", progress->best_score);
    cli_json_put_number(&json, "seconds_left", progress->seconds_left);
    cli_json_close(&json, '}');
    cli_json_end_line(&json);
}

static int train(const fringe_train_options *options, int32_t threads, int json)
{
    fringe_error error;
    fringe_run *run = NULL;
    fringe_status status = cli_terminal_begin(threads, &run, &error);
    if (!status) status = fringe_train(options, run, &error);
    int code = cli_terminal_end(run, status, &error);
    if (code == CLI_DONE && !json) puts(options->output_directory);
    return code;
}

int cli_train_run(int argc, char **argv)
{
    fringe_train_options training;
    struct report report = {0};
    int32_t threads = 0;
    int code;
    fringe_train_options_init(&training);
    training.output_directory = NULL;
    const struct cli_option options[] = {
        {"-o", CLI_OPTION_TEXT, &training.output_directory, 0, 0, NULL},
        {"--from", CLI_OPTION_TEXT, &training.from_model, 0, 0, NULL},
        {"--threads", CLI_OPTION_INTEGER, &threads, 0, CLI_MOST_THREADS, NULL},
        {"--overwrite", CLI_OPTION_FLAG, &training.overwrite, 0, 0, NULL},
        {"--json", CLI_OPTION_FLAG, &report.json, 0, 0, NULL},
        {0}};
    struct cli_line line = {.command = "train", .help = help, .options = options};
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    if (line.operand_count != 1)
        return cli_options_wrong(&line, "%d recipes are named, one is needed", line.operand_count);
    if (!training.output_directory) return cli_options_wrong(&line, "-o is missing");
    training.recipe = line.operands[0];
    training.listener = print_epoch;
    training.listener_user = &report;
    return train(&training, threads, report.json);
}
