// read.js PORT: coverage as plain JSON, from the loopback; exit status 1 unless it came.
const coap = require('coap')

const request = coap.request({ host: '127.0.0.1', port: Number(process.argv[2]), pathname: '/coverage' })
request.setOption('Accept', 'application/json')
request.on('response', (response) => {
  process.stdout.write(response.payload)
  process.exit(response.code === '2.05' ? 0 : 1)
})
request.on('error', (error) => {
  console.error(error.message)
  process.exit(1)
})
request.end()
