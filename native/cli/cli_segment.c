/* fringe segment: reads the options, calls the batch, prints what became of each input. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli_batch.h"
#include "cli/cli_commands.h"
#include "cli/cli_inputs.h"
#include "cli/cli_options.h"
#include "cli/cli_terminal.h"
#include "fringe/fringe.h"

static const char help[] =
    "usage: fringe segment --model M [options] FILES|DIRS...\n"
    "Applies a network to micrographs. Writes <stem>-mask.tif (0/255), -classes.tif or -output.tif,\n"
    "as the network gives, and <stem>-fringe.json, which says how it was made.\n"
    "  --model M            a folder, zip or .onnx file, or the name of an installed model\n"
    "  -o DIR               write there, subfolders mirrored; otherwise beside each input\n"
    "  --probability        also <stem>-probability.tif, one channel per class\n"
    "  --overlay            also <stem>-overlay.png: the micrograph with outlines in colour\n"
    "  --compress           compressed TIFFs; above 4 GB ImageJ needs Bio-Formats for them\n"
    "  --threshold T        foreground from this probability on, 0 to 1 (0.5)\n"
    "  --normalize HOW      none, zscore, minmax or percentile, instead of the model's own\n"
    "  --pixel-size NM      pixel size of the inputs in nm, instead of their calibration\n"
    "  --resample HOW       auto: to the model's pixel size (default); off; or a size in nm\n"
    "  --mirror             mean over four mirrored views: more accurate, four times slower\n"
    "  --exclude-bottom PX  rows to leave out at the bottom; otherwise data bars are detected\n"
    "  --band ROWS          rows in memory at a time; does not change the result\n"
    "  --tile PX            columns in memory at a time; does not change the result\n"
    "  --threads N          0 for all processors (default); does not change the result\n"
    "  --overwrite          replace results of other inputs, models or parameters\n"
    "  --recursive          go into subfolders of DIRS\n"
    "  --files-from F       more inputs from a file, one a line; - for standard input\n"
    "  --json               one JSON object per input on standard output\n"
    "An option given twice takes its last value.\n"
    "Exit: 0 done, 1 some inputs failed, 2 usage, 3 model, 4 cancelled.\n";

struct request {
    const char *model, *resample, *files_from;
    int json;
    int32_t threads;
    fringe_batch_options batch;
};

static int segment_inputs(const struct request *request, const struct cli_inputs *inputs)
{
    struct cli_batch batch = {.json = request->json};
    fringe_model *model = NULL;
    fringe_status status = cli_terminal_begin(request->threads, &batch.run, &batch.error);
    if (status) goto done;
    status = fringe_model_load(request->model, batch.run, &model, &batch.error);
    status = cli_batch_judge_load(&batch, status, inputs, &request->batch);
    if (status) goto done;
    status = fringe_batch_segment(model, inputs->paths, inputs->count, &request->batch, batch.run,
                                  cli_batch_print, &batch, &batch.summary, &batch.error);
done:
    fringe_model_free(model);
    return cli_batch_end(&batch, status);
}

int cli_segment_run(int argc, char **argv)
{
    struct request request = {0};
    int normalize = -1, code;
    fringe_batch_options_init(&request.batch);
    fringe_segment_options *segment = &request.batch.segment;
    const struct cli_option options[] = {
        {"--model", CLI_OPTION_TEXT, &request.model, 0, 0, NULL},
        {"-o", CLI_OPTION_TEXT, &request.batch.output_directory, 0, 0, NULL},
        {"--probability", CLI_OPTION_FLAG, &request.batch.probability, 0, 0, NULL},
        {"--overlay", CLI_OPTION_FLAG, &request.batch.overlay, 0, 0, NULL},
        {"--compress", CLI_OPTION_FLAG, &request.batch.compress, 0, 0, NULL},
        {"--threshold", CLI_OPTION_NUMBER, &segment->threshold, 0, 1, NULL},
        {"--normalize", CLI_OPTION_WORD, &normalize, 0, 0, cli_options_normalizations},
        {"--pixel-size", CLI_OPTION_NUMBER, &segment->pixel_size_nm, CLI_SMALLEST_NM, CLI_LARGEST_NM, NULL},
        {"--resample", CLI_OPTION_TEXT, &request.resample, 0, 0, NULL},
        {"--mirror", CLI_OPTION_FLAG, &segment->mirror, 0, 0, NULL},
        {"--exclude-bottom", CLI_OPTION_INTEGER, &segment->exclude_bottom_px, 0, INT32_MAX, NULL},
        {"--band", CLI_OPTION_INTEGER, &segment->band_rows, 1, INT32_MAX, NULL},
        {"--tile", CLI_OPTION_INTEGER, &segment->tile_px, 1, INT32_MAX, NULL},
        {"--threads", CLI_OPTION_INTEGER, &request.threads, 0, CLI_MOST_THREADS, NULL},
        {"--overwrite", CLI_OPTION_FLAG, &request.batch.overwrite, 0, 0, NULL},
        {"--recursive", CLI_OPTION_FLAG, &request.batch.recursive, 0, 0, NULL},
        {"--files-from", CLI_OPTION_TEXT, &request.files_from, 0, 0, NULL},
        {"--json", CLI_OPTION_FLAG, &request.json, 0, 0, NULL},
        {0}};
    struct cli_line line = {.command = "segment", .help = help, .options = options};
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    if (!request.model) return cli_options_wrong(&line, "--model is missing");
    if (!cli_options_resample(&line, request.resample, &segment->resample, &segment->resample_nm))
        return CLI_USAGE;
    if (normalize >= 0) segment->normalize = (fringe_normalize)(FRINGE_NORMALIZE_NONE + normalize);

    struct cli_inputs inputs;
    code = cli_inputs_gather(&inputs, &line, request.files_from);
    if (code == CLI_DONE) code = segment_inputs(&request, &inputs);
    cli_inputs_free(&inputs);
    return code;
}
