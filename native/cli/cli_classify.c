/* fringe classify: reads the options, calls the batch of particles with a forest, prints what became of each
 * input. */
#include "cli/cli_batch.h"
#include "cli/cli_commands.h"
#include "cli/cli_options.h"
#include "cli/cli_terminal.h"
#include "fringe/fringe.h"

static const char help[] =
    "usage: fringe classify IMAGE --labels L [options]\n"
    "       fringe classify FOLDER --labels FOLDER [options]\n"
    "Says of each particle whether a stacking fault or twin is seen in it, and what its lattice is. Gives\n"
    "<stem of L>-particles.csv (the columns of fringe measure, class, probability, spacings, phase),\n"
    "-rois.zip, -labels.tif and -fringe.json. Of a folder of labels it takes X-mask.*, X-label.* ...\n"
    "  --labels L           mask or labels of the particles; or a folder: X-mask.tif for X.*\n"
    "  --forest F           what tells faults and twins: a folder, zip, .onnx or name (hrtem-faults)\n"
    "  --phases P           the crystals that are possible, CIF or YAML; otherwise common ones. With one\n"
    "                       alone its lattice tests the pixel size\n"
    "  --split NECK         divide at necks narrower than NECK (0 to 1) times the narrower side; try 0.7\n"
    "  --min-diameter NM    leave out particles of a smaller area-equivalent diameter\n"
    "  --max-diameter NM    leave out particles of a larger one\n"
    "  --border HOW         particles cut by the edge: mark (default; not in the mean), keep, exclude\n"
    "  --pixel-size NM      pixel size in nm, instead of the calibration\n"
    "  --channel N          of the micrograph, from 1 (1)\n"
    "  -o DIR               write there, subfolders mirrored; otherwise beside each label image\n"
    "  --threads N          0 for all processors (default); does not change the result\n"
    "  --overwrite          replace results of other inputs or parameters\n"
    "  --recursive          go into subfolders\n"
    "  --json               one JSON object per input on standard output\n"
    "Exit: 0 done, 1 some inputs failed, 2 usage, 3 forest or phases, 4 cancelled.\n";

struct request {
    const char *labels, *forest, *phases;
    int json;
    int32_t threads;
    fringe_measure_options measure;
};

static int classify_inputs(struct request *request)
{
    struct cli_batch batch = {.json = request->json};
    fringe_fault_model *faults = NULL;
    fringe_status status = cli_terminal_begin(request->threads, &batch.run, &batch.error);
    if (status) goto done;
    status = fringe_fault_model_load(request->forest, request->phases, batch.run, &faults, &batch.error);
    status = cli_batch_judge_load(&batch, status, NULL, NULL);
    if (status) goto done;
    request->measure.faults = faults;
    status = fringe_batch_measure(&request->labels, 1, &request->measure, batch.run, cli_batch_print, &batch,
                                  &batch.summary, &batch.error);
done:
    fringe_fault_model_free(faults);
    return cli_batch_end(&batch, status);
}

int cli_classify_run(int argc, char **argv)
{
    struct request request = {0};
    fringe_measure_options_init(&request.measure);
    fringe_measure_options *measure = &request.measure;
    fringe_particles_options *particles = &measure->particles;
    int border = particles->border, code;
    int32_t channel = 1;
    const struct cli_option options[] = {
        {"--labels", CLI_OPTION_TEXT, &request.labels, 0, 0, NULL},
        {"--forest", CLI_OPTION_TEXT, &request.forest, 0, 0, NULL},
        {"--phases", CLI_OPTION_TEXT, &request.phases, 0, 0, NULL},
        {"--split", CLI_OPTION_NUMBER, &particles->split_neck, 0, 1, NULL},
        {"--min-diameter", CLI_OPTION_NUMBER, &particles->least_nm, 0, CLI_LARGEST_NM, NULL},
        {"--max-diameter", CLI_OPTION_NUMBER, &particles->most_nm, 0, CLI_LARGEST_NM, NULL},
        {"--border", CLI_OPTION_WORD, &border, 0, 0, cli_options_borders},
        {"--pixel-size", CLI_OPTION_NUMBER, &particles->pixel_size_nm, CLI_SMALLEST_NM, CLI_LARGEST_NM, NULL},
        {"--channel", CLI_OPTION_INTEGER, &channel, 1, INT32_MAX, NULL},
        {"-o", CLI_OPTION_TEXT, &measure->output_directory, 0, 0, NULL},
        {"--threads", CLI_OPTION_INTEGER, &request.threads, 0, CLI_MOST_THREADS, NULL},
        {"--overwrite", CLI_OPTION_FLAG, &measure->overwrite, 0, 0, NULL},
        {"--recursive", CLI_OPTION_FLAG, &measure->recursive, 0, 0, NULL},
        {"--json", CLI_OPTION_FLAG, &request.json, 0, 0, NULL},
        {0}};
    struct cli_line line = {.command = "classify", .help = help, .options = options};
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    if (line.operand_count != 1)
        return cli_options_wrong(&line, "%d inputs: it takes one image or folder", line.operand_count);
    if (!request.labels) return cli_options_wrong(&line, "--labels is missing: which pixels are particles");
    if (!cli_options_diameters(&line, particles->least_nm, particles->most_nm)) return CLI_USAGE;
    measure->image = line.operands[0];
    particles->border = (fringe_border)border;
    particles->channel = channel - 1;
    return classify_inputs(&request);
}
