/* fringe info: what is known of an image file. */
#include <stdio.h>

#include "cli/cli_commands.h"
#include "cli/cli_json.h"
#include "cli/cli_options.h"
#include "cli/cli_terminal.h"
#include "fringe/fringe.h"

static const char help[] =
    "usage: fringe info FILE... [--json]\n"
    "Describes image files: format, size, pixel type, calibration, and burnt-in data bars.\n"
    "  --json  one JSON object per file: input, reader, width, height, pages, frames (time points\n"
    "          among the pages), channels, type, nm_per_px (null when unknown), nm_per_px_y, unit,\n"
    "          excluded\n"
    "Exit: 0 done, 1 some files cannot be read, 2 usage.\n";

static void print_json(const char *path, const fringe_micrograph_info *info, const fringe_excluded *excluded)
{
    struct cli_json json = {.stream = stdout};
    cli_json_open(&json, '{');
    cli_json_put_text(&json, "input", path);
    cli_json_put_text(&json, "reader", info->reader);
    cli_json_put_number(&json, "width", info->width_px);
    cli_json_put_number(&json, "height", info->height_px);
    cli_json_put_number(&json, "pages", info->slice_count);
    cli_json_put_number(&json, "frames", info->frame_count);
    cli_json_put_number(&json, "channels", info->channel_count);
    cli_json_put_text(&json, "type", fringe_pixel_name(info->pixel));
    cli_json_put_known(&json, "nm_per_px", info->nm_per_px_x);
    cli_json_put_known(&json, "nm_per_px_y", info->nm_per_px_y);
    cli_json_put_text(&json, "unit", info->unit);
    cli_json_key(&json, "excluded");
    cli_json_open(&json, '{');
    cli_json_put_number(&json, "top", excluded->top_px);
    cli_json_put_number(&json, "bottom", excluded->bottom_px);
    cli_json_put_number(&json, "left", excluded->left_px);
    cli_json_put_number(&json, "right", excluded->right_px);
    cli_json_close(&json, '}');
    cli_json_close(&json, '}');
    cli_json_end_line(&json);
}

static void print_text(const char *path, const fringe_micrograph_info *info, const fringe_excluded *excluded)
{
    printf("%s\n", path);
    printf("  reader      %s\n", info->reader);
    printf("  size        %d x %d pixels\n", info->width_px, info->height_px);
    printf("  pages       %d\n", info->slice_count);
    if (info->frame_count > 1) printf("  time points %d\n", info->frame_count);
    printf("  channels    %d%s\n", info->channel_count, info->colour ? " (colour, read as luminance)" : "");
    printf("  type        %s\n", fringe_pixel_name(info->pixel));
    if (info->nm_per_px_x > 0 && info->nm_per_px_x == info->nm_per_px_y)
        printf("  pixel size  %.6g nm\n", info->nm_per_px_x);
    else if (info->nm_per_px_x > 0)
        printf("  pixel size  %.6g nm in x, %.6g nm in y\n", info->nm_per_px_x, info->nm_per_px_y);
    else
        printf("  pixel size  unknown\n");
    printf("  unit        %s\n", *info->unit ? info->unit : "none");
    printf("  excluded    %d rows at the top, %d at the bottom, %d columns at the left, %d at the right\n",
           excluded->top_px, excluded->bottom_px, excluded->left_px, excluded->right_px);
    if (info->own_output) printf("  origin      written by Fringe\n");
}

static fringe_status describe(const char *path, int json)
{
    fringe_error error;
    fringe_run *run = NULL;
    fringe_micrograph *micrograph = NULL;
    fringe_micrograph_info info;
    fringe_excluded excluded;
    fringe_status status = fringe_run_create(1, &run, &error);
    if (status) goto done;
    fringe_run_set_notice(run, cli_terminal_notice, NULL);
    status = fringe_micrograph_open(path, run, &micrograph, &error);
    if (status) goto done;
    fringe_micrograph_get_info(micrograph, &info);
    status = fringe_micrograph_find_bars(micrograph, &excluded, &error);
    if (status) goto done;
    if (json)
        print_json(path, &info, &excluded);
    else
        print_text(path, &info, &excluded);
done:
    if (status) cli_terminal_say("%s", error.message);
    fringe_micrograph_free(micrograph);
    fringe_run_free(run);
    return status;
}

int cli_info_run(int argc, char **argv)
{
    int json = 0, code;
    const struct cli_option options[] = {{"--json", CLI_OPTION_FLAG, &json, 0, 0, NULL}, {0}};
    struct cli_line line = {.command = "info", .help = help, .options = options};
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    if (line.operand_count == 0) return cli_options_wrong(&line, "no file is named");
    code = CLI_DONE;
    for (int i = 0; i < line.operand_count; i++)
        if (describe(line.operands[i], json)) code = CLI_FAILED;
    return code;
}
