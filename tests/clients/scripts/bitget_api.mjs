// npm bitget-api at the practice Bitget: V3 over REST, then both websockets.
//
//     node bitget_api.mjs CONFIGURATION FOLDER_OF_PACKAGES

import fs from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';

const [configuration, packages] = process.argv.slice(2);
const load = createRequire(path.join(packages, 'package.json'));
const {RestClientV3, WebsocketAPIClient, WebsocketClientV3} = load('bitget-api');
const BTC = {category: 'SPOT', symbol: 'BTCUSDT'};
let count = 0;

function ok(name, good) {
  if (!good) {
    console.error(`${name} came back as ${JSON.stringify(good)}`);
    process.exit(1);
  }
  count += 1;
}

function account() {
  const tables = fs.readFileSync(configuration, 'utf8').split('[[account]]').slice(1);
  const table = tables.find((each) => each.includes('venue = "bitget"'));
  return (name) => new RegExp(`^${name} = "(.*)"`, 'm').exec(table)[1];
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(check, what) {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (await check()) return;
    await pause(20);
  }
  console.error(`it never happened: ${what}`);
  process.exit(1);
}

async function rest(client) {
  ok('getServerTime', Number((await client.getServerTime()).data.serverTime) > 0);
  for (const category of ['SPOT', 'MARGIN', 'USDT-FUTURES', 'COIN-FUTURES', 'USDC-FUTURES']) {
    ok('getInstruments', (await client.getInstruments({category})).data.length);
  }
  ok('getTickers', (await client.getTickers({category: 'SPOT'})).data.length);
  ok('getOrderBook', (await client.getOrderBook(BTC)).data.a.length);
  ok('getFills', (await client.getFills(BTC)).data);
  ok('getCandles', (await client.getCandles({...BTC, interval: '1m'})).data[0].length === 7);
  ok('getHistoryCandles', (await client.getHistoryCandles({...BTC, interval: '1m'})).data.length);
  ok('getCurrentFundingRate', (await client.getCurrentFundingRate({symbol: 'ETHUSDT'})).data.length);
  ok('getOpenInterest', (await client.getOpenInterest({category: 'USDT-FUTURES'})).data.list.length);
  ok('getFeeRate', (await client.getFeeRate(BTC)).data.makerFeeRate);
  ok('getBalances', (await client.getBalances()).data.assets.length);
  ok('getAccountInfo', (await client.getAccountInfo()).data.permissions.length);
  ok('getAccountSettings', (await client.getAccountSettings()).data.accountMode);
  ok('getUnfilledOrders', (await client.getUnfilledOrders()).data.list.length);
  ok('getHistoryOrders', (await client.getHistoryOrders({category: 'USDT-FUTURES'})).data.list);
  ok('getTradeFills', (await client.getTradeFills()).data.list.length);
  ok('getCurrentPosition', (await client.getCurrentPosition({category: 'USDT-FUTURES'})).data.list.length);
  const terms = {...BTC, side: 'buy', orderType: 'limit', timeInForce: 'gtc', price: '59000', qty: '0.01'};
  const {orderId} = (await client.submitNewOrder(terms)).data;
  ok('submitNewOrder', orderId);
  await client.modifyOrder({orderId, price: '59100', qty: '0.02'});
  const changed = async () => (await client.getOrderInfo({orderId})).data.price === '59100.00';
  await until(changed, 'the changed order');
  ok('modifyOrder, getOrderInfo', true);
  await client.batchModifyOrders([{orderId, price: '59200', qty: '0.01'}]);
  ok('batchModifyOrders', true);
  await until(async () => (await client.getOrderInfo({orderId})).data.price === '59200.00', 'the batch');
  await client.cancelOrder({orderId});
  ok('cancelOrder', true);
  const rows = (await client.placeBatchOrders([terms, {...terms, price: '59001'}])).data;
  ok('placeBatchOrders', rows.every((each) => each.code === '00000'));
  await client.cancelBatchOrders(rows.map((each) => ({orderId: each.orderId, ...BTC})));
  ok('cancelBatchOrders', true);
  await client.submitNewOrder(terms);
  await client.cancelAllOrders({category: 'SPOT'});
  ok('cancelAllOrders', true);
}

async function sockets(keys, urls, client) {
  const heard = {};
  const listen = (socket) => {
    socket.on('update', (message) => {
      heard[message.arg.topic] = message.data;
    });
    socket.on('exception', (error) => console.error('exception', JSON.stringify(error)));
  };
  const quiet = {trace() {}, info() {}, error: console.error};
  const open = new WebsocketClientV3({...keys, wsUrl: urls.public}, quiet);
  const own = new WebsocketClientV3({...keys, wsUrl: urls.private}, quiet);
  listen(open);
  listen(own);
  const market = ['ticker', 'books5', 'books', 'publicTrade'];
  for (const topic of market) {
    open.subscribe({topic, payload: {instType: 'spot', symbol: 'BTCUSDT'}}, 'v3Public');
  }
  const topics = ['order', 'fill', 'position', 'account'];
  for (const topic of topics) own.subscribe({topic, payload: {instType: 'UTA'}}, 'v3Private');
  await until(() => heard.account, 'the account');
  const market_order = {category: 'USDT-FUTURES', symbol: 'BTCUSDT', side: 'buy', orderType: 'market', qty: '0.001'};
  await client.submitNewOrder(market_order);
  for (const topic of [...market, ...topics]) {
    await until(() => heard[topic], topic);
    ok(`topic ${topic}`, heard[topic]);
  }
  const api = new WebsocketAPIClient({...keys, wsUrl: urls.private}, quiet);
  const terms = {symbol: 'BTCUSDT', side: 'buy', orderType: 'limit', timeInForce: 'gtc', price: '59000', qty: '0.01'};
  const placed = await api.submitNewOrder('spot', terms);
  ok('submitNewOrder by websocket', placed.args[0].orderId);
  await api.cancelOrder('spot', {orderId: placed.args[0].orderId});
  ok('cancelOrder by websocket', true);
}

const value = account();
const keys = {apiKey: value('key'), apiSecret: value('secret'), apiPass: value('passphrase')};
const client = new RestClientV3({...keys, baseUrl: value('rest')});
try {
  await rest(client);
  await sockets(keys, {public: value('public_ws'), private: value('private_ws')}, client);
} catch (error) {
  console.error(JSON.stringify(error.body ?? error.message ?? error));
  process.exit(1);
}
console.log(`${count} calls`);
process.exit(0);
