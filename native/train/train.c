/* train.c - fringe_train: from a recipe to a finished package. */
#include "fringe/train.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "fringe/simulate.h"
#include "model/package.h"
#include "train/forest_training.h"
#include "train/train_package.h"

/* The shares of the progress at which the training begins and ends. */
static const double DATA_SHARE = 0.05, SIMULATION_SHARE = 0.25;

void fringe_train_options_init(fringe_train_options *options)
{
    *options = (fringe_train_options){.output_directory = "."};
}

struct train_job {
    const fringe_train_options *options;
    const fringe_run *run;
    struct train_recipe recipe;
    char *description;        /* path of the package's rdf.yaml */
    struct file_writer claim; /* held while this training works in the folder; nothing is written */
    char *simulated;          /* folder of simulated images; NULL where there are none */
    struct package *package;  /* of the network to start from, where it is one */
    char *from_model;         /* its .onnx file */
    char from_sha256[DIGEST_TEXT_BYTES];
    struct samples *train, *validation;
    char data_sha256[DIGEST_TEXT_BYTES];
};

static fringe_status refuse_finished(struct train_job *job, fringe_error *error)
{
    struct file_facts facts;
    job->description = path_join(job->options->output_directory, TRAIN_PACKAGE_DESCRIPTION);
    if (!job->description) return failure_memory(error, "a path", strlen(job->options->output_directory));
    file_look(job->description, &facts);
    if (facts.kind == FILE_ABSENT || job->options->overwrite) return FRINGE_OK;
    return failure_set(error, FRINGE_EXISTS, "%s: a trained network is there already", job->description);
}

/* Two trainings in one folder would each take the other's network for its own best. */
static fringe_status claim_folder(struct train_job *job, fringe_error *error)
{
    char *path = path_join(job->options->output_directory, "training");
    if (!path) return failure_memory(error, "a path", strlen(job->options->output_directory));
    fringe_status status = file_writer_begin(&job->claim, path, error);
    alloc_free(path);
    return status;
}

/* The .onnx file to start from, out of a package where it is in one. Names in a recipe start at its folder.
 */
static fringe_status find_model(struct train_job *job, fringe_error *error)
{
    struct file_facts facts;
    const char *given = job->options->from_model;
    const char *named = given ? given : job->recipe.trainer.from_model;
    if (!named) return FRINGE_OK;
    char *path = given ? alloc_text(given) : path_join(job->recipe.folder, named);
    fringe_status status = FRINGE_OK;
    if (!path) return failure_memory(error, named, strlen(named));
    file_look(path, &facts);
    if (facts.kind != FILE_DIRECTORY) {
        job->from_model = path;
        path = NULL;
    } else {
        status = package_read(path, job->run, &job->package, error);
        if (!status && !(job->from_model = path_join(path, job->package->onnx_name)))
            status = failure_memory(error, named, strlen(named));
    }
    alloc_free(path);
    job->recipe.trainer.from_model = job->from_model;
    return status ? status : digest_file(job->from_model, job->from_sha256, error);
}

/* ---- data ---- */

/* Simulated images lie in a folder of the output that is named after what they are made from, so that another
 * recipe, or another version's preset of the same name, never takes them for its own. */
static fringe_status simulate(struct train_job *job, fringe_error *error)
{
    const struct train_recipe *recipe = &job->recipe;
    fringe_simulate_options options;
    struct file_facts facts;
    char digest[FRINGE_SIMULATE_DIGEST_BYTES], name[32];
    char *path = recipe->recipe ? path_join(recipe->folder, recipe->recipe) : NULL, *table = NULL;
    if (recipe->recipe && !path) return failure_memory(error, "a path", strlen(recipe->folder));
    fringe_simulate_options_init(&options);
    options.preset = recipe->preset;
    options.recipe = path;
    options.count = recipe->simulate_count;
    options.seed = (uint64_t)recipe->simulate_seed;
    options.overwrite = 1; /* what is not complete */
    fringe_status status = fringe_simulate_digest(&options, digest, error);
    if (status) goto done;
    snprintf(name, sizeof name, "simulated-%.12s", digest);
    job->simulated = path_join(job->options->output_directory, name);
    table = job->simulated ? path_join(job->simulated, "truth.csv") : NULL;
    if (!table) {
        status = failure_memory(error, "a path", sizeof name);
        goto done;
    }
    options.output_directory = job->simulated;
    file_look(table, &facts);
    if (facts.kind == FILE_ABSENT) status = fringe_simulate(&options, job->run, error);
done:
    alloc_free(path);
    alloc_free(table);
    return status;
}

static fringe_status open_data(struct train_job *job, fringe_error *error)
{
    const struct train_recipe *recipe = &job->recipe;
    struct train_texts simulated = {.items = {job->simulated}, .count = 1};
    struct samples_place place = {&recipe->train, recipe->folder, recipe->truth};
    char both[2 * DIGEST_TEXT_BYTES];
    if (job->simulated) place = (struct samples_place){&simulated, "", NULL};
    fringe_status status = samples_open(recipe, &place, job->run, &job->train, error);
    if (!status && recipe->validation.count) {
        place = (struct samples_place){&recipe->validation, recipe->folder,
                                       recipe->validation_truth ? recipe->validation_truth : recipe->truth};
        status = samples_open(recipe, &place, job->run, &job->validation, error);
    } else if (!status) {
        status = samples_split(job->train, recipe->validation_share, &job->validation, error);
    }
    if (status) return status;
    samples_digest(job->train, both);
    samples_digest(job->validation, both + DIGEST_TEXT_BYTES - 1);
    digest_bytes(both, strlen(both), job->data_sha256);
    return FRINGE_OK;
}

/* ---- training ---- */

static fringe_status train(struct train_job *job, struct training_curve *curve, fringe_error *error)
{
    const struct train_recipe *recipe = &job->recipe;
    char all[3 * DIGEST_TEXT_BYTES], identity[DIGEST_TEXT_BYTES];
    struct training_plan plan = {.trainer = recipe->trainer,
                                 .batch_count = recipe->batch,
                                 .side_px = recipe->crop_px,
                                 .epochs = recipe->epochs,
                                 .steps_per_epoch = recipe->steps_per_epoch,
                                 .patience = recipe->patience,
                                 .source = samples_source(job->train),
                                 .validation = samples_validation(job->validation),
                                 .directory = job->options->output_directory,
                                 .replaced = job->description,
                                 .identity = identity,
                                 .listener = job->options->listener,
                                 .listener_user = job->options->listener_user};
    snprintf(all, sizeof all, "%s%s%s", recipe->sha256, job->data_sha256, job->from_sha256);
    digest_bytes(all, strlen(all), identity);
    return training_run(&plan, !job->options->overwrite, curve, job->run, error);
}

static fringe_status finish(struct train_job *job, const struct training_curve *curve, fringe_error *error)
{
    struct train_package package = {.recipe = &job->recipe,
                                    .train = job->train,
                                    .validation = job->validation,
                                    .curve = curve,
                                    .directory = job->options->output_directory,
                                    .data_sha256 = job->data_sha256,
                                    .from_sha256 = job->from_model ? job->from_sha256 : NULL};
    char *checkpoint = path_join(job->options->output_directory, TRAINING_CHECKPOINT);
    if (!checkpoint) return failure_memory(error, "a path", strlen(job->options->output_directory));
    fringe_status status = train_package_write(&package, job->run, error);
    if (!status) status = file_remove(checkpoint, error);
    alloc_free(checkpoint);
    return status;
}

/* A recipe of `kind: forest` is another file with another way. */
static fringe_status train_forest(const struct train_job *job, int *is_forest, fringe_error *error)
{
    const fringe_train_options *options = job->options;
    struct forest_recipe recipe = {0};
    fringe_status status = forest_recipe_read(options->recipe, &recipe, is_forest, error);
    if (!status && *is_forest && options->from_model)
        status = failure_set(error, FRINGE_ARGUMENT, "%s: a forest starts from no other model (%s)",
                             options->recipe, options->from_model);
    if (!status && *is_forest)
        status = forest_training_run(&recipe, options->output_directory, options->overwrite, job->run, error);
    forest_recipe_clear(&recipe);
    return status;
}

static fringe_status run_job(struct train_job *job, fringe_error *error)
{
    struct training_curve curve = {0};
    const struct train_recipe *recipe = &job->recipe;
    int simulates, is_forest;
    fringe_status status = train_forest(job, &is_forest, error);
    if (status || is_forest) return status;
    status = train_recipe_read(job->options->recipe, &job->recipe, error);
    if (!status) status = refuse_finished(job, error);
    if (!status) status = find_model(job, error);
    if (!status) status = file_make_directories(job->options->output_directory, error);
    if (!status) status = claim_folder(job, error);
    if (status) return status;
    simulates = recipe->preset || recipe->recipe;
    double begin = simulates ? SIMULATION_SHARE : 0;
    run_state_progress(job->run, 0, 1);
    run_state_span(job->run, 0, begin);
    if (simulates) status = simulate(job, error);
    run_state_span(job->run, begin, begin + DATA_SHARE);
    if (!status) status = open_data(job, error);
    run_state_span(job->run, begin + DATA_SHARE, 1);
    if (!status) status = train(job, &curve, error);
    if (!status) status = finish(job, &curve, error);
    run_state_span(job->run, 0, 1);
    training_curve_clear(&curve);
    return status;
}

fringe_status fringe_train(const fringe_train_options *options, const fringe_run *run, fringe_error *error)
{
    struct train_job job = {.options = options};
    if (!options->recipe || !options->output_directory)
        return failure_set(error, FRINGE_ARGUMENT, "no %s is given",
                           options->recipe ? "output directory" : "recipe");
    fringe_status status = run_state_enter(run, &job.run, error);
    if (status) return status;
    status = run_job(&job, error);
    run_state_leave(run, job.run);
    file_writer_discard(&job.claim);
    samples_free(job.train);
    samples_free(job.validation);
    package_free(job.package);
    alloc_free(job.from_model);
    alloc_free(job.simulated);
    alloc_free(job.description);
    train_recipe_clear(&job.recipe);
    return status;
}
