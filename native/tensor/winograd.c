#include "tensor/winograd.h"

void winograd_weights(const float *const g[WINOGRAD_BLOCK], const double scale[WINOGRAD_BLOCK], int doubled,
                      float *u, size_t u_stride)
{
    /* What the frequencies of a doubled input are of the planes that hold them (transform_doubled). */
    static const double multiple[WINOGRAD_REACH] = {1, 2, 0, 3, -1, 1};
    static const double G[WINOGRAD_REACH][3] = {{1. / 4, 0, 0},
                                                {-1. / 6, -1. / 6, -1. / 6},
                                                {-1. / 6, 1. / 6, -1. / 6},
                                                {1. / 24, 1. / 12, 1. / 6},
                                                {1. / 24, -1. / 12, 1. / 6},
                                                {0, 0, 1}};
    double half[WINOGRAD_REACH][3][WINOGRAD_BLOCK]; /* G g */
    for (int i = 0; i < WINOGRAD_REACH; i++)
        for (int k = 0; k < 3; k++)
            for (int b = 0; b < WINOGRAD_BLOCK; b++) {
                const float *column = g[b] + k;
                half[i][k][b] = scale[b] * (G[i][0] * column[0] + G[i][1] * column[3] + G[i][2] * column[6]);
            }
    for (int i = 0; i < WINOGRAD_REACH; i++)
        for (int j = 0; j < WINOGRAD_REACH; j++, u += u_stride)
            for (int b = 0; b < WINOGRAD_BLOCK; b++) {
                double weight = half[i][0][b] * G[j][0] + half[i][1][b] * G[j][1] + half[i][2][b] * G[j][2];
                u[b] = (float)(doubled ? weight * multiple[i] * multiple[j] : weight);
            }
}
