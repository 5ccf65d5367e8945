#include "cli/cli_batch.h"

#include <stdio.h>

#include "cli/cli_commands.h"
#include "cli/cli_json.h"
#include "cli/cli_terminal.h"

static const char *status_word(const fringe_batch_item *item)
{
    return item->skipped ? "skipped" : fringe_status_name(item->status);
}

static void print_json(const fringe_batch_item *item)
{
    struct cli_json json = {.stream = stdout};
    cli_json_open(&json, '{');
    cli_json_key(&json, "input");
    cli_json_text(&json, item->input);
    cli_json_key(&json, "status");
    cli_json_text(&json, status_word(item));
    cli_json_key(&json, "outputs");
    cli_json_open(&json, '[');
    for (size_t i = 0; i < item->output_count; i++) cli_json_text(&json, item->outputs[i]);
    cli_json_close(&json, ']');
    cli_json_key(&json, "notices");
    cli_json_open(&json, '[');
    for (size_t i = 0; i < item->notice_count; i++) cli_json_text(&json, item->notices[i]);
    cli_json_close(&json, ']');
    cli_json_key(&json, "message");
    cli_json_text(&json, item->message);
    cli_json_close(&json, '}');
    cli_json_end_line(&json);
}

void cli_batch_print(void *user, const fringe_batch_item *item)
{
    struct cli_batch *batch = user;
    cli_terminal_clear();
    if (batch->json) {
        print_json(item);
    } else {
        for (size_t i = 0; i < item->output_count; i++) puts(item->outputs[i]);
        fflush(stdout);
    }
    if (item->status == FRINGE_MODEL) batch->model_failed = 1;
    if (item->status)
        cli_terminal_say("%s", item->message);
    else if (!item->skipped) /* a notice has said why */
        cli_terminal_say("%s: done", item->input);
}

fringe_status cli_batch_judge_load(struct cli_batch *batch, fringe_status status,
                                   const struct cli_inputs *inputs, const fringe_batch_options *options)
{
    fringe_error usage;
    if (!status || status == FRINGE_CANCELLED) return status;
    if (!inputs ||
        fringe_batch_check(inputs->paths, inputs->count, options, batch->run, &usage) != FRINGE_ARGUMENT)
        return FRINGE_MODEL;
    cli_terminal_say("%s", batch->error.message);
    batch->error = usage;
    return FRINGE_ARGUMENT;
}

int cli_batch_end(struct cli_batch *batch, fringe_status status)
{
    int code = cli_terminal_end(batch->run, status, &batch->error);
    if (code == CLI_USAGE || code == CLI_CANCELLED) return code;
    if (batch->model_failed) return CLI_MODEL;
    return code == CLI_DONE && batch->summary.failed_count ? CLI_FAILED : code;
}
