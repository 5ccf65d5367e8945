/* fringe measure: reads the options, calls the batch, prints what became of each input. */
#include "cli/cli_batch.h"
#include "cli/cli_commands.h"
#include "cli/cli_inputs.h"
#include "cli/cli_options.h"
#include "cli/cli_terminal.h"
#include "fringe/fringe.h"

static const char help[] =
    "usage: fringe measure [options] FILES|DIRS...\n"
    "Measures the particles of masks, class maps and label images. Writes <stem>-particles.csv (ImageJ's\n"
    "columns and ours), -rois.zip, -labels.tif and -fringe.json. Of DIRS it takes X-mask.*, X-label.* ...\n"
    "  --image I            the micrograph, for grey values; or a folder: of X-mask.tif, X.* there\n"
    "  --probability P      the probability map; or a folder: X-probability.* there\n"
    "  --threshold T        inputs are maps of numbers; particles are pixels of T or more\n"
    "  --connectivity N     8: pixels that meet at a corner are connected (default); 4: at a side only\n"
    "  --fill-holes         what one particle encloses belongs to it\n"
    "  --split NECK         divide at necks narrower than NECK (0 to 1) times the narrower side; try 0.7\n"
    "  --min-diameter NM    leave out particles of a smaller area-equivalent diameter\n"
    "  --max-diameter NM    leave out particles of a larger one\n"
    "  --min-pixels N       leave out particles of fewer pixels\n"
    "  --border HOW         particles cut by the edge: mark (default; not in the mean), keep, exclude\n"
    "  --pixel-size NM      pixel size in nm, instead of the calibration\n"
    "  --channel N          of the micrograph, from 1 (1)\n"
    "  -o DIR               write there, subfolders mirrored; otherwise beside each input\n"
    "  --compress           compressed TIFFs; above 4 GB ImageJ needs Bio-Formats for them\n"
    "  --threads N          0 for all processors (default); does not change the result\n"
    "  --overwrite          replace results of other inputs or parameters\n"
    "  --recursive          go into subfolders of DIRS\n"
    "  --files-from F       more inputs from a file, one a line; - for standard input\n"
    "  --json               one JSON object per input on standard output\n"
    "Exit: 0 done, 1 some inputs failed, 2 usage, 4 cancelled.\n";

static int measure_inputs(const fringe_measure_options *options, const struct cli_inputs *inputs,
                          int32_t threads, int json)
{
    struct cli_batch batch = {.json = json};
    fringe_status status = cli_terminal_begin(threads, &batch.run, &batch.error);
    if (!status)
        status = fringe_batch_measure(inputs->paths, inputs->count, options, batch.run, cli_batch_print,
                                      &batch, &batch.summary, &batch.error);
    return cli_batch_end(&batch, status);
}

int cli_measure_run(int argc, char **argv)
{
    fringe_measure_options measure;
    fringe_measure_options_init(&measure);
    fringe_particles_options *particles = &measure.particles;
    const char *files_from = NULL;
    int connectivity = 0, border = particles->border, json = 0, code;
    int32_t threads = 0, channel = 1, least_px = 0;
    const struct cli_option options[] = {
        {"--image", CLI_OPTION_TEXT, &measure.image, 0, 0, NULL},
        {"--probability", CLI_OPTION_TEXT, &measure.probability, 0, 0, NULL},
        {"--threshold", CLI_OPTION_NUMBER, &particles->threshold, 1e-30, 1e30, NULL},
        {"--connectivity", CLI_OPTION_WORD, &connectivity, 0, 0, cli_options_connectivities},
        {"--fill-holes", CLI_OPTION_FLAG, &particles->fill_holes, 0, 0, NULL},
        {"--split", CLI_OPTION_NUMBER, &particles->split_neck, 0, 1, NULL},
        {"--min-diameter", CLI_OPTION_NUMBER, &particles->least_nm, 0, CLI_LARGEST_NM, NULL},
        {"--max-diameter", CLI_OPTION_NUMBER, &particles->most_nm, 0, CLI_LARGEST_NM, NULL},
        {"--min-pixels", CLI_OPTION_INTEGER, &least_px, 0, INT32_MAX, NULL},
        {"--border", CLI_OPTION_WORD, &border, 0, 0, cli_options_borders},
        {"--pixel-size", CLI_OPTION_NUMBER, &particles->pixel_size_nm, CLI_SMALLEST_NM, CLI_LARGEST_NM, NULL},
        {"--channel", CLI_OPTION_INTEGER, &channel, 1, INT32_MAX, NULL},
        {"-o", CLI_OPTION_TEXT, &measure.output_directory, 0, 0, NULL},
        {"--compress", CLI_OPTION_FLAG, &measure.compress, 0, 0, NULL},
        {"--threads", CLI_OPTION_INTEGER, &threads, 0, CLI_MOST_THREADS, NULL},
        {"--overwrite", CLI_OPTION_FLAG, &measure.overwrite, 0, 0, NULL},
        {"--recursive", CLI_OPTION_FLAG, &measure.recursive, 0, 0, NULL},
        {"--files-from", CLI_OPTION_TEXT, &files_from, 0, 0, NULL},
        {"--json", CLI_OPTION_FLAG, &json, 0, 0, NULL},
        {0}};
    struct cli_line line = {.command = "measure", .help = help, .options = options};
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    particles->connectivity = connectivity == 0 ? 8 : 4;
    particles->border = (fringe_border)border;
    particles->channel = channel - 1;
    particles->least_px = least_px;
    if (!cli_options_diameters(&line, particles->least_nm, particles->most_nm)) return CLI_USAGE;

    struct cli_inputs inputs;
    code = cli_inputs_gather(&inputs, &line, files_from);
    if (code == CLI_DONE) code = measure_inputs(&measure, &inputs, threads, json);
    cli_inputs_free(&inputs);
    return code;
}
