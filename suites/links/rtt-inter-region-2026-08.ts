/**
 * Average round-trip time between cloud regions, milliseconds, 18 July to 16 August 2026.
 * Source: IBM Cloud VPC documentation, "Network latency dashboards". Each direction was measured on its own.
 */
export const RTT_SOURCE =
  'IBM Cloud VPC documentation, "Network latency dashboards", average round trips 18 Jul to 16 Aug 2026';

export const RTT_CSV = `from,to,rtt_ms
Dallas,Toronto,35
Dallas,Washington DC,32
Dallas,Frankfurt,123
Dallas,London,113
Dallas,Madrid,119
Dallas,Montreal,42
Dallas,Chennai,248
Dallas,Mumbai,249
Dallas,Osaka,152
Dallas,Sydney,186
Dallas,Tokyo,145
Dallas,Sao Paulo,142
Toronto,Dallas,34
Toronto,Washington DC,19
Toronto,Frankfurt,93
Toronto,London,83
Toronto,Madrid,108
Toronto,Montreal,11
Toronto,Chennai,223
Toronto,Mumbai,200
Toronto,Osaka,142
Toronto,Sydney,216
Toronto,Tokyo,135
Toronto,Sao Paulo,126
Washington DC,Dallas,31
Washington DC,Toronto,19
Washington DC,Frankfurt,86
Washington DC,London,76
Washington DC,Madrid,89
Washington DC,Montreal,15
Washington DC,Chennai,240
Washington DC,Mumbai,218
Washington DC,Osaka,147
Washington DC,Sydney,215
Washington DC,Tokyo,142
Washington DC,Sao Paulo,122
Frankfurt,Dallas,124
Frankfurt,Toronto,93
Frankfurt,Washington DC,86
Frankfurt,London,13
Frankfurt,Madrid,29
Frankfurt,Montreal,89
Frankfurt,Chennai,141
Frankfurt,Mumbai,118
Frankfurt,Osaka,236
Frankfurt,Sydney,250
Frankfurt,Tokyo,229
Frankfurt,Sao Paulo,191
London,Dallas,113
London,Toronto,83
London,Washington DC,76
London,Frankfurt,13
London,Madrid,26
London,Montreal,79
London,Chennai,141
London,Mumbai,118
London,Osaka,245
London,Sydney,261
London,Tokyo,238
London,Sao Paulo,181
Madrid,Dallas,118
Madrid,Toronto,110
Madrid,Washington DC,88
Madrid,Frankfurt,29
Madrid,London,26
Madrid,Montreal,104
Madrid,Chennai,154
Madrid,Mumbai,130
Madrid,Osaka,259
Madrid,Sydney,276
Madrid,Tokyo,253
Madrid,Sao Paulo,215
Montreal,Dallas,43
Montreal,Toronto,10
Montreal,Washington DC,16
Montreal,Frankfurt,89
Montreal,London,79
Montreal,Madrid,106
Montreal,Chennai,219
Montreal,Mumbai,197
Montreal,Osaka,150
Montreal,Sydney,224
Montreal,Tokyo,143
Montreal,Sao Paulo,121
Chennai,Dallas,248
Chennai,Toronto,221
Chennai,Washington DC,244
Chennai,Frankfurt,141
Chennai,London,140
Chennai,Madrid,152
Chennai,Montreal,219
Chennai,Mumbai,24
Chennai,Osaka,112
Chennai,Sydney,126
Chennai,Tokyo,105
Chennai,Sao Paulo,363
Mumbai,Dallas,248
Mumbai,Toronto,201
Mumbai,Washington DC,219
Mumbai,Frankfurt,121
Mumbai,London,120
Mumbai,Madrid,129
Mumbai,Montreal,196
Mumbai,Chennai,24
Mumbai,Osaka,139
Mumbai,Sydney,152
Mumbai,Tokyo,132
Mumbai,Sao Paulo,343
Osaka,Dallas,152
Osaka,Toronto,142
Osaka,Washington DC,147
Osaka,Frankfurt,236
Osaka,London,246
Osaka,Madrid,262
Osaka,Montreal,150
Osaka,Chennai,122
Osaka,Mumbai,139
Osaka,Sydney,108
Osaka,Tokyo,9
Osaka,Sao Paulo,291
Sydney,Dallas,187
Sydney,Toronto,214
Sydney,Washington DC,216
Sydney,Frankfurt,249
Sydney,London,260
Sydney,Madrid,275
Sydney,Montreal,222
Sydney,Chennai,126
Sydney,Mumbai,152
Sydney,Osaka,108
Sydney,Tokyo,101
Sydney,Sao Paulo,327
Tokyo,Dallas,145
Tokyo,Toronto,135
Tokyo,Washington DC,139
Tokyo,Frankfurt,228
Tokyo,London,239
Tokyo,Madrid,253
Tokyo,Montreal,143
Tokyo,Chennai,104
Tokyo,Mumbai,131
Tokyo,Osaka,9
Tokyo,Sydney,101
Tokyo,Sao Paulo,284
Sao Paulo,Dallas,141
Sao Paulo,Toronto,125
Sao Paulo,Washington DC,124
Sao Paulo,Frankfurt,192
Sao Paulo,London,181
Sao Paulo,Madrid,211
Sao Paulo,Montreal,123
Sao Paulo,Chennai,369
Sao Paulo,Mumbai,338
Sao Paulo,Osaka,289
Sao Paulo,Sydney,325
Sao Paulo,Tokyo,283
`;
