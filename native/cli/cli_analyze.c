/* fringe analyze: reads the options, calls the batch, prints what became of each input and where the pages
 * are. */
#include "cli/cli_batch.h"
#include "cli/cli_commands.h"
#include "cli/cli_inputs.h"
#include "cli/cli_options.h"
#include "cli/cli_terminal.h"
#include "fringe/fringe.h"

static const char help[] =
    "usage: fringe analyze [options] FILES|DIRS...\n"
    "From micrographs to statistics. Of each: -mask.tif, -labels.tif, -overlay.png, -particles.csv,\n"
    "-rois.zip, -fringe.json; of all, in DIR or with the first: particles.csv, summary.csv, report.html.\n"
    "  --model M            the network: a folder, zip, .onnx file or a name (hrtem-particles)\n"
    "  --forest F           what tells faults and twins, likewise (hrtem-faults, where it is installed)\n"
    "  --phases P           the crystals that are possible, CIF or YAML; otherwise a list of common ones\n"
    "  --no-classify        no classes and lattices, only sizes and shapes\n"
    "  -o DIR               write there, subfolders mirrored; otherwise beside each input\n"
    "  --probability        also -probability.tif, and its mean in each particle\n"
    "  --threshold T, --normalize HOW  particle from this probability on (0.5); as for segment\n"
    "  --pixel-size NM      pixel size of the inputs in nm, instead of their calibration\n"
    "  --resample HOW       auto: to the model's pixel size (default); off; or a size in nm\n"
    "  --mirror             mean over four mirrored views: more accurate, four times slower\n"
    "  --exclude-bottom PX  rows to leave out at the bottom; otherwise data bars are detected\n"
    "  --connectivity N, --fill-holes  connected neighbours: 8 (default) or 4; holes belong to particles\n"
    "  --split NECK         divide at necks narrower than NECK times the narrower side (0.7); 0: never\n"
    "  --min-diameter NM, --max-diameter NM, --min-pixels N  leave out others (1 nm, no limit, 64 pixels)\n"
    "  --border HOW         particles cut by the edge: mark (default; not in statistics), keep, exclude\n"
    "  --channel N          that grey values and lattices are measured in, from 1 (1)\n"
    "  --band ROWS, --tile PX, --threads N  rows, columns in memory, processors; the result is the same\n"
    "  --overwrite, --compress  replace results of other inputs, models, parameters; compressed TIFFs\n"
    "  --recursive, --files-from F  into subfolders; inputs from a file, one a line; - for standard input\n"
    "  --json               one JSON object per input, and one for the pages, on standard output\n"
    "Exit: 0 done, 1 some inputs failed, 2 usage, 3 model, 4 cancelled.\n";

struct request {
    const char *model, *forest, *phases, *resample, *files_from;
    int no_classify, json;
    int32_t threads;
    fringe_analyze_options analyze;
};

/* Particles are classified where that was asked for, or where the forest is there that is used unasked. */
static fringe_status load_faults(const struct request *request, const fringe_run *run,
                                 fringe_fault_model **faults, fringe_error *error)
{
    *faults = NULL;
    if (request->no_classify) return FRINGE_OK;
    fringe_status status = fringe_fault_model_load(request->forest, request->phases, run, faults, error);
    if (status != FRINGE_FILE || request->forest || request->phases) return status;
    cli_terminal_say("no forest %s is installed: particles are measured and not classified",
                     FRINGE_FAULT_MODEL);
    return FRINGE_OK;
}

static int analyze_inputs(struct request *request, const struct cli_inputs *inputs)
{
    struct cli_batch batch = {.json = request->json};
    fringe_model *model = NULL;
    fringe_fault_model *faults = NULL;
    fringe_status status = cli_terminal_begin(request->threads, &batch.run, &batch.error);
    if (status) goto done;
    status = fringe_model_load(request->model, batch.run, &model, &batch.error);
    if (!status) status = load_faults(request, batch.run, &faults, &batch.error);
    status = cli_batch_judge_load(&batch, status, inputs, &request->analyze.batch);
    if (status) goto done;
    request->analyze.faults = faults;
    status = fringe_batch_analyze(model, inputs->paths, inputs->count, &request->analyze, batch.run,
                                  cli_batch_print, &batch, &batch.summary, &batch.error);
done:
    fringe_fault_model_free(faults);
    fringe_model_free(model);
    return cli_batch_end(&batch, status);
}

int cli_analyze_run(int argc, char **argv)
{
    struct request request = {.model = "hrtem-particles"};
    fringe_analyze_options_init(&request.analyze);
    fringe_batch_options *batch = &request.analyze.batch;
    fringe_segment_options *segment = &batch->segment;
    fringe_particles_options *particles = &request.analyze.particles;
    int normalize = -1, connectivity = 0, border = particles->border, code;
    int32_t channel = 1, least_px = (int32_t)particles->least_px;
    const struct cli_option options[] = {
        {"--model", CLI_OPTION_TEXT, &request.model, 0, 0, NULL},
        {"--forest", CLI_OPTION_TEXT, &request.forest, 0, 0, NULL},
        {"--phases", CLI_OPTION_TEXT, &request.phases, 0, 0, NULL},
        {"--no-classify", CLI_OPTION_FLAG, &request.no_classify, 0, 0, NULL},
        {"-o", CLI_OPTION_TEXT, &batch->output_directory, 0, 0, NULL},
        {"--probability", CLI_OPTION_FLAG, &batch->probability, 0, 0, NULL},
        {"--compress", CLI_OPTION_FLAG, &batch->compress, 0, 0, NULL},
        {"--threshold", CLI_OPTION_NUMBER, &segment->threshold, 0, 1, NULL},
        {"--normalize", CLI_OPTION_WORD, &normalize, 0, 0, cli_options_normalizations},
        {"--pixel-size", CLI_OPTION_NUMBER, &segment->pixel_size_nm, CLI_SMALLEST_NM, CLI_LARGEST_NM, NULL},
        {"--resample", CLI_OPTION_TEXT, &request.resample, 0, 0, NULL},
        {"--mirror", CLI_OPTION_FLAG, &segment->mirror, 0, 0, NULL},
        {"--exclude-bottom", CLI_OPTION_INTEGER, &segment->exclude_bottom_px, 0, INT32_MAX, NULL},
        {"--connectivity", CLI_OPTION_WORD, &connectivity, 0, 0, cli_options_connectivities},
        {"--fill-holes", CLI_OPTION_FLAG, &particles->fill_holes, 0, 0, NULL},
        {"--split", CLI_OPTION_NUMBER, &particles->split_neck, 0, 1, NULL},
        {"--min-diameter", CLI_OPTION_NUMBER, &particles->least_nm, 0, CLI_LARGEST_NM, NULL},
        {"--max-diameter", CLI_OPTION_NUMBER, &particles->most_nm, 0, CLI_LARGEST_NM, NULL},
        {"--min-pixels", CLI_OPTION_INTEGER, &least_px, 0, INT32_MAX, NULL},
        {"--border", CLI_OPTION_WORD, &border, 0, 0, cli_options_borders},
        {"--channel", CLI_OPTION_INTEGER, &channel, 1, INT32_MAX, NULL},
        {"--band", CLI_OPTION_INTEGER, &segment->band_rows, 1, INT32_MAX, NULL},
        {"--tile", CLI_OPTION_INTEGER, &segment->tile_px, 1, INT32_MAX, NULL},
        {"--threads", CLI_OPTION_INTEGER, &request.threads, 0, CLI_MOST_THREADS, NULL},
        {"--overwrite", CLI_OPTION_FLAG, &batch->overwrite, 0, 0, NULL},
        {"--recursive", CLI_OPTION_FLAG, &batch->recursive, 0, 0, NULL},
        {"--files-from", CLI_OPTION_TEXT, &request.files_from, 0, 0, NULL},
        {"--json", CLI_OPTION_FLAG, &request.json, 0, 0, NULL},
        {0}};
    struct cli_line line = {.command = "analyze", .help = help, .options = options};
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    if (request.no_classify && (request.forest || request.phases))
        return cli_options_wrong(&line, "--no-classify leaves nothing for %s to do",
                                 request.forest ? "--forest" : "--phases");
    if (!cli_options_diameters(&line, particles->least_nm, particles->most_nm)) return CLI_USAGE;
    if (!cli_options_resample(&line, request.resample, &segment->resample, &segment->resample_nm))
        return CLI_USAGE;
    if (normalize >= 0) segment->normalize = (fringe_normalize)(FRINGE_NORMALIZE_NONE + normalize);
    particles->connectivity = connectivity == 0 ? 8 : 4;
    particles->border = (fringe_border)border;
    particles->channel = channel - 1;
    particles->least_px = least_px;

    struct cli_inputs inputs;
    code = cli_inputs_gather(&inputs, &line, request.files_from);
    if (code == CLI_DONE) code = analyze_inputs(&request, &inputs);
    cli_inputs_free(&inputs);
    return code;
}
