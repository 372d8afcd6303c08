import bwip from 'bwip-js';
import fs from 'fs';
const slip='HRVHUB30\nEUR\n000000000012355\nŽELJKO SENEKOVIĆ\nIVANEČKA ULICA 125\n42000 VARAŽDIN\n2DBK d.d.\nALKARSKI PROLAZ 13B\n21230 SINJ\nHR1210010051863000160\nHR01\n7269-68949637676-00019\nCOST\nTroškovi za 1. mjesec\n';
const pass='M1OKAFOR/MAYA         EABC123 JFKLHRXX 0117 032Y014C0057 100';
const opts={
 pdf417:{bcid:'pdf417',text:Buffer.from(slip,'utf8').toString('latin1'),binarytext:true,scale:3,columns:9,eclevel:4,padding:10,backgroundcolor:'ffffff'},
 aztec:{bcid:'azteccode',text:pass,scale:5,padding:12,backgroundcolor:'ffffff'},
 datamatrix:{bcid:'datamatrix',text:'bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4?amount=0.001',scale:5,padding:12,backgroundcolor:'ffffff'},
};
for (const [k,o] of Object.entries(opts)) fs.writeFileSync(k+'.raw.png', await bwip.toBuffer(o));
