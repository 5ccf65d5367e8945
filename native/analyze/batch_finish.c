#include "analyze/batch_finish.h"

#include "base/alloc.h"
#include "base/failure.h"
#include "base/path.h"

fringe_status batch_finish(const struct batch_input *input, const struct provenance_origin *origin,
                           const struct batch_previous *previous, const struct batch_texts *planned,
                           const struct batch_texts *notices, struct provenance_result *result,
                           struct file_writer *file, fringe_error *error)
{
    size_t output_count = planned->count - 1; /* without the provenance itself */
    struct provenance_output *outputs = alloc_array(output_count, sizeof *outputs);
    if (!outputs) return failure_memory(error, "outputs", output_count * sizeof *outputs);
    fringe_status status = batch_previous_remove_rest(previous, input, planned, error);
    for (size_t i = 0; i < output_count && !status; i++) {
        outputs[i].name = path_name(planned->items[i]);
        status = digest_file(planned->items[i], outputs[i].sha256, error);
    }
    result->input_name = path_name(input->path);
    result->outputs = outputs;
    result->output_count = output_count;
    result->notices = (const char *const *)notices->items;
    result->notice_count = notices->count;
    if (!status) status = provenance_write(file, origin, result, error);
    alloc_free(outputs);
    return status;
}
