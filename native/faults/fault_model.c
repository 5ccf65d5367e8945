#include "faults/fault_model.h"

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "faults/fault_classes.h"

fringe_status fringe_fault_model_load(const char *path_or_name, const char *phases, const fringe_run *run,
                                      fringe_fault_model **model, fringe_error *error)
{
    *model = NULL;
    fringe_fault_model *made = alloc_array(1, sizeof *made);
    if (!made) return failure_memory(error, "a model of faults", sizeof *made);
    fringe_status status =
        forest_package_read(path_or_name ? path_or_name : FRINGE_FAULT_MODEL, &made->package, error);
    if (!status) status = fault_classes_check(made->package, error);
    if (!status) status = run_state_check(run, error);
    if (!status)
        status = phases ? phase_list_read(phases, &made->phases, error)
                        : phase_list_built_in(&made->phases, error);
    if (!status && phases) status = digest_file(phases, made->phases_sha256, error);
    if (status)
        fringe_fault_model_free(made);
    else
        *model = made;
    return status;
}

void fringe_fault_model_free(fringe_fault_model *model)
{
    if (!model) return;
    forest_package_free(model->package);
    phase_list_clear(&model->phases);
    alloc_free(model);
}

void fringe_fault_model_get_info(const fringe_fault_model *model, fringe_fault_model_info *info)
{
    *info = (fringe_fault_model_info){.name = model->package->name,
                                      .path = model->package->path,
                                      .sha256 = model->package->sha256,
                                      .phases_sha256 = model->phases_sha256,
                                      .tree_count = (int32_t)model->package->forest->tree_count,
                                      .phase_count = model->phases.count};
}
