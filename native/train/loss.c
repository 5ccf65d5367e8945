#include "train/loss.h"

void loss_settings_init(struct loss_settings *settings)
{
    *settings = (struct loss_settings){.cross_entropy = 1, .focal_gamma = 2};
    for (int c = 0; c < ARCHITECTURE_MOST_CLASSES; c++) settings->class_weights[c] = 1;
}
