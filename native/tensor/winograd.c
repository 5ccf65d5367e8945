#include "tensor/winograd.h"

void winograd_weights(const float g[9], double scale, float *u, size_t u_stride)
{
    static const double G[WINOGRAD_REACH][3] = {{1. / 4, 0, 0},
                                                {-1. / 6, -1. / 6, -1. / 6},
                                                {-1. / 6, 1. / 6, -1. / 6},
                                                {1. / 24, 1. / 12, 1. / 6},
                                                {1. / 24, -1. / 12, 1. / 6},
                                                {0, 0, 1}};
    double half[WINOGRAD_REACH][3]; /* G g */
    for (int i = 0; i < WINOGRAD_REACH; i++)
        for (int k = 0; k < 3; k++) half[i][k] = G[i][0] * g[k] + G[i][1] * g[3 + k] + G[i][2] * g[6 + k];
    for (int i = 0; i < WINOGRAD_REACH; i++)
        for (int j = 0; j < WINOGRAD_REACH; j++, u += u_stride)
            *u = (float)(scale * (half[i][0] * G[j][0] + half[i][1] * G[j][1] + half[i][2] * G[j][2]));
}
